import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { noCorePackages } from "../support/core.ts";
import { testUnless } from "../support/loud-skip.ts";
import { runWoma, scratchDirectory } from "../support/woma.ts";

setDefaultTimeout(60_000);

const noCore = await noCorePackages();

describe("what cannot be says so, and what to do instead", () => {
  const noProgram = "OSError: [Errno 95] woma's Python starts no other programs; call the code in this process instead";
  const noServer = "OSError: [Errno 95] woma's Python accepts no connections; serve from outside and pass the data in";
  const refusals: [code: string, lastLine: string][] = [
    [
      "import threading; threading.Thread(target=print).start()",
      "RuntimeError: can't start new thread: woma's Python has no threads; use asyncio, or concurrent.futures.ThreadPoolExecutor, whose calls run inline",
    ],
    ["import subprocess; subprocess.run(['ls'])", noProgram],
    ["import subprocess; subprocess.check_output('ls', shell=True)", noProgram],
    ["import os; os.fork()", noProgram],
    ["import os; os.system('ls')", noProgram],
    ["import os; os.popen('ls')", noProgram],
    ["import os; os.execv('/bin/ls', ['ls'])", noProgram],
    ["import asyncio; asyncio.run(asyncio.create_subprocess_exec('ls'))", noProgram],
    ["import socket; socket.socket().bind(('127.0.0.1', 8000))", noServer],
    ["import socket; socket.socket().bind(('192.0.2.1', 0))", noServer],
    // Any port of its own is what a connection has anyway, and libraries ask for that to see whether IPv6 is there.
    ["import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()", noServer],
    ["import socket; socket.socket().listen()", noServer],
    ["import socket; socket.create_server(('127.0.0.1', 0))", noServer],
    ["import http.server; http.server.HTTPServer(('', 8000), None)", noServer],
    [
      "import curses",
      "ModuleNotFoundError: No module named 'curses': this build of Python has no curses; print escape sequences instead",
    ],
  ];
  for (const [code, lastLine] of refusals) {
    test(code, async () => {
      const { stdout, stderr, exitCode } = await runWoma(["-c", code]);
      expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
      expect(stderr).toStartWith("Traceback (most recent call last):\n");
      expect(stderr.trimEnd().split("\n").at(-1)).toStartWith(lastLine);
    });
  }

  test("multiprocessing", async () => {
    const { stderr, exitCode } = await runWoma([
      "-c",
      "import multiprocessing; multiprocessing.Process(target=print).start()",
    ]);
    expect(stderr.trimEnd().split("\n").at(-1)).toContain("woma's Python");
    expect(exitCode).toBe(1);
  });

  for (const module of ["tkinter", "idlelib"]) {
    test(`import ${module}`, async () => {
      const { stderr, exitCode } = await runWoma(["-c", `import ${module}`]);
      expect(stderr.trimEnd().split("\n").at(-1)).toMatch(
        new RegExp(`^ModuleNotFoundError: No module named '${module}': .*; `),
      );
      expect(exitCode).toBe(1);
    });
  }

  for (const [args, reason] of [
    [["-m", "venv", "env"], "woma needs no virtual environments"],
    [["-m", "ensurepip"], "woma needs no virtual environments"],
    [["-m", "http.server"], "woma's Python accepts no connections"],
  ] as const) {
    test(`woma ${args.join(" ")}`, async () => {
      const { stdout, stderr, exitCode } = await runWoma(args);
      expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
      expect(stderr).toStartWith(`/usr/bin/woma: ${reason}`);
      expect(stderr.split("\n")).toHaveLength(2);
    });
  }
});

describe("executors run inline", () => {
  test("in threads that there are not", async () => {
    const code = `
import asyncio, concurrent.futures
with concurrent.futures.ThreadPoolExecutor() as pool:
    print(list(pool.map(str.upper, 'ab')), pool.submit(divmod, 7, 2).result())
    try: pool.submit(int, 'x').result()
    except ValueError as error: print(error)
async def main():
    print(await asyncio.to_thread(str.upper, 'c'))
    print(await asyncio.get_running_loop().run_in_executor(None, str.upper, 'd'))
asyncio.run(main())
`;
    expect(await runWoma(["-c", code])).toMatchObject({
      stdout: "['A', 'B'] (3, 1)\ninvalid literal for int() with base 10: 'x'\nC\nD\n",
      stderr: "",
      exitCode: 0,
    });
  });
});

describe("the host's files", () => {
  test("but for the script are not there, whether they exist or not", async () => {
    await using scratch = await scratchDirectory();
    await mkdir(join(scratch.path, "directory"));
    await writeFile(join(scratch.path, "data.txt"), "secret");
    await writeFile(
      join(scratch.path, "script.py"),
      `
import os, pathlib, sys
def attempt(act, *arguments):
    try: return act(*arguments)
    except OSError as error: return type(error).__name__, error.errno, error.strerror
for path in '/etc/passwd', '/etc/nothing', 'data.txt', 'nothing.txt', 'directory/x', '${scratch.path}/data.txt', '/proc/self/environ', '/root/.profile':
    print(*{attempt(open, path), attempt(os.stat, path), attempt(os.lstat, path), attempt(os.unlink, path), attempt(os.rename, path, path + '2')})
print(attempt(os.listdir, 'directory'), attempt(os.listdir, '/etc'), os.path.exists('data.txt'))
print(os.listdir('.'), os.listdir(os.path.dirname(__file__)), list(pathlib.Path('.').rglob('*')))
`,
    );
    const { stdout, stderr, exitCode } = await runWoma([join(scratch.path, "script.py")], { cwd: scratch.path });
    const missing = "('FileNotFoundError', 2, 'No such file or directory')";
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout.split("\n")).toEqual([
      ...Array<string>(8).fill(missing),
      `${missing} ${missing} False`,
      "['script.py'] ['script.py'] [PosixPath('script.py')]",
      "",
    ]);
  });

  test("are not written: what a program writes is its own, and lost", async () => {
    await using scratch = await scratchDirectory();
    const code =
      "import os, tempfile; open('f', 'w').write('x'); open(os.path.expanduser('~/f'), 'w').write('x'); print(open('f').read(), tempfile.mkdtemp()[:5], os.listdir('.'))";
    expect(await runWoma(["-c", code], { cwd: scratch.path })).toMatchObject({
      stdout: "x /tmp/ ['f']\n",
      stderr: "",
      exitCode: 0,
    });
    expect(await Array.fromAsync(new Bun.Glob("**").scan({ cwd: scratch.path, dot: true }))).toEqual([]);
  });
});

describe("the host's environment", () => {
  test("is not there", async () => {
    const env = {
      SECRET: "s",
      AWS_ACCESS_KEY_ID: "k",
      PYTHONPATH: "/x",
      VIRTUAL_ENV: "/v",
      LC_ALL: "de_DE.UTF-8",
      USER: "mallory",
    };
    const { stdout, stderr } = await runWoma(
      [
        "-c",
        "import os; print(sorted(os.environ)); print(os.environ['HOME'], os.environ['USER'], os.getenv('SECRET'))",
      ],
      { env },
    );
    expect(stderr).toBe("");
    expect(stdout.replace("'TERM', ", "")).toBe(
      "['HOME', 'LANG', 'LOGNAME', 'PATH', 'PWD', 'USER']\n/home/woma woma None\n",
    );
  });

  test("but for the time zone", async () => {
    const code =
      "import time, datetime; print(time.tzname, time.strftime('%H:%M %Z', time.localtime(0)), datetime.datetime(2024, 7, 1).astimezone().utcoffset())";
    expect((await runWoma(["-c", code], { env: { TZ: "Europe/Paris" } })).stdout).toBe(
      "('CET', 'CEST') 01:00 CET 2:00:00\n",
    );
    expect((await runWoma(["-c", code], { env: { TZ: "America/New_York" } })).stdout).toBe(
      "('EST', 'EDT') 19:00 EST -1 day, 20:00:00\n",
    );
    expect((await runWoma(["-c", code], { env: { TZ: "UTC" } })).stdout).toBe("('UTC', 'UTC') 00:00 UTC 0:00:00\n");
  });
});

describe("two runs", () => {
  test("differ in everything random but the hash of a string", async () => {
    const code =
      "import random, uuid, secrets, tempfile, os\nprint(random.random(), uuid.uuid4(), uuid.uuid1(), secrets.token_hex(), tempfile.mktemp(), os.urandom(8), sep='\\n'); print(hash('x'))";
    const [first = [], second = []] = (await Promise.all([runWoma(["-c", code]), runWoma(["-c", code])])).map(
      ({ stdout }) => stdout.trimEnd().split("\n"),
    );
    expect(first).toHaveLength(7);
    expect(first.filter((line) => second.includes(line))).toEqual(first.slice(-1));
  });

  test("agree on random numbers with a seed", async () => {
    expect((await runWoma(["-c", "import random; random.seed(42); print(random.random())"])).stdout).toBe(
      "0.6394267984578837\n",
    );
  });

  test("tell the time that it is", async () => {
    const { stdout } = await runWoma([
      "-c",
      "import time, datetime; print(time.time(), datetime.datetime.now(datetime.UTC).year, time.perf_counter() < 30)",
    ]);
    const [time, year, fresh] = stdout.trim().split(" ");
    expect(Math.abs(Number(time) * 1000 - Date.now())).toBeLessThan(30_000);
    expect([year, fresh]).toEqual([String(new Date().getUTCFullYear()), "True"]);
  });
});

describe("the standard library", () => {
  for (const [what, code, stdout] of [
    [
      "sqlite3 works in memory and in a file",
      "import sqlite3\nfor name in ':memory:', 'x.db':\n    with sqlite3.connect(name) as db: db.execute('create table t(a)'); db.execute('insert into t values (42)'); print(db.execute('select * from t').fetchall())",
      "[(42,)]\n[(42,)]\n",
    ],
    [
      "asyncio runs tasks at once, with timeouts",
      "import asyncio, time\nasync def main():\n    start = time.monotonic()\n    print(await asyncio.gather(*(asyncio.sleep(0.2, n) for n in range(10))), time.monotonic() - start < 1)\n    try:\n        async with asyncio.timeout(0.05): await asyncio.sleep(600)\n    except TimeoutError: print('timeout')\nasyncio.run(main())",
      "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9] True\ntimeout\n",
    ],
    [
      "time.sleep sleeps",
      "import time; start = time.monotonic(); time.sleep(0.3); print(0.29 < time.monotonic() - start < 2, time.process_time() < 10)",
      "True True\n",
    ],
    [
      "ctypes has its pure parts",
      "import ctypes\nclass P(ctypes.Structure): _fields_ = [('x', ctypes.c_int16), ('y', ctypes.c_double)]\nprint(ctypes.sizeof(P), P(1, 2.5).y, bytes(ctypes.c_uint32(258)))",
      "16 2.5 b'\\x02\\x01\\x00\\x00'\n",
    ],
    [
      "signals raised, alarms and timers arrive",
      "import signal, time\nsignal.signal(signal.SIGUSR1, lambda *a: print('usr1')); signal.raise_signal(signal.SIGUSR1)\nsignal.signal(signal.SIGALRM, lambda *a: print('alarm')); signal.setitimer(signal.ITIMER_REAL, 0.1); time.sleep(0.5)",
      "usr1\nalarm\n",
    ],
  ] as const) {
    test(what, async () => expect(await runWoma(["-c", code])).toMatchObject({ stdout, stderr: "", exitCode: 0 }));
  }

  testUnless(noCore, "zoneinfo has its data", async () => {
    const code =
      "import zoneinfo, datetime; print(datetime.datetime(2024, 7, 1, tzinfo=zoneinfo.ZoneInfo('Asia/Tokyo')).isoformat(), len(zoneinfo.available_timezones()) > 400)";
    const stdout = "2024-07-01T00:00:00+09:00 True\n";
    expect(await runWoma(["-c", code])).toMatchObject({ stdout, stderr: "", exitCode: 0 });
  });

  for (const [what, code] of [
    ["a __repr__ that calls itself", "class A:\n    def __repr__(self): return repr(self)\nrepr(A())"],
    ["a function that calls itself", "def f(): return f()\nf()"],
  ] as const) {
    test(`${what} is a RecursionError`, async () => {
      const { stdout, stderr, exitCode } = await runWoma(["-c", code]);
      expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
      expect(stderr.trimEnd().split("\n").at(-1)).toStartWith("RecursionError: ");
    });
  }

  // How deep C code may recurse depends on the stack; what must not happen is the interpreter's death.
  for (const [what, code] of [
    ["a list in a list, 200,000 deep, is shown", "x = []\nfor i in range(200_000): x = [x]\nrepr(x)"],
    ["a list in a list, 1,000,000 deep, is dropped", "x = []\nfor i in range(1_000_000): x = [x]\ndel x"],
    ["JSON of 10,000,000 brackets is read", "import json; json.loads('[' * 10_000_000)"],
    ["a sum of 100,000 terms is compiled", "compile('+'.join(['1'] * 100_000), 'sum', 'eval')"],
    [
      "a __repr__ calls itself without a limit",
      "import sys; sys.setrecursionlimit(10**9)\nclass A:\n    def __repr__(self): return repr(self)\nrepr(A())",
    ],
  ] as const) {
    test(`survives when ${what}`, async () => {
      const wrapped = `try: exec(${JSON.stringify(code)})\nexcept (RecursionError, MemoryError, ValueError): pass\nprint('survived')`;
      expect(await runWoma(["-c", wrapped])).toMatchObject({ stdout: "survived\n", stderr: "", exitCode: 0 });
    });
  }
});
