import { describe, expect, test } from "bun:test";
import { chmod, copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtBinary } from "../support/binary.ts";
import { notOnLinux, notRoot, testUnless } from "../support/loud-skip.ts";
import { runWoma, scratchDirectory } from "../support/woma.ts";

const fine = (stdout: string) => ({ stdout, stderr: "", exitCode: 0 });

describe("a FILE", () => {
  testUnless(notOnLinux, "is looked up as the system does, through the links on the way", async () => {
    await using scratch = await scratchDirectory();
    await mkdir(join(scratch.path, "real/deep"), { recursive: true });
    await symlink("real/deep", join(scratch.path, "link"));
    await writeFile(join(scratch.path, "real/x.py"), "import neighbour");
    await writeFile(join(scratch.path, "real/neighbour.py"), "print('right')");
    await writeFile(join(scratch.path, "x.py"), "print('wrong')");
    expect(await runWoma(["link/../x.py"], { cwd: scratch.path })).toMatchObject(fine("right\n"));
  });

  test("flushes its output before its traceback, as python3 does, and -c does not", async () => {
    const code = "print('x')\nraise ValueError\n";
    expect((await inOnePipe(["-c", code])).split("\n")[0]).toBe("Traceback (most recent call last):");
    expect((await inOnePipe(["-"], code)).split("\n")[0]).toBe("x");
  });

  test("on standard input may have a coding cookie", async () => {
    const source = Buffer.from("# -*- coding: latin-1 -*-\nprint(ascii('\xe4'))\n", "latin1");
    expect(await runWoma([], { stdin: new Uint8Array(source) })).toMatchObject(fine("'\\xe4'\n"));
  });
});

describe("at the end of a program nothing is lost", () => {
  test("that went through a sys.stdout without flush()", async () => {
    const code = `
import sys
class Tee:
    def __init__(self, stream): self.stream = stream
    def write(self, text): self.stream.write("[" + text + "]")
sys.stdout = Tee(sys.stdout)
print("a")`;
    const { stdout, exitCode } = await runWoma(["-c", code]);
    expect({ stdout, exitCode }).toEqual({ stdout: "[a][\n]", exitCode: 120 });
  });

  test("that is in a file which only a reference cycle holds", async () => {
    const code = `
f = open(1, "w", closefd=False); f.write("kept")
class C: pass
c = C(); c.file = f; c.itself = c`;
    expect(await runWoma(["-c", code])).toMatchObject(fine("kept"));
  });

  for (const [what, code] of [
    ["a tracer is left on", "import sys; print(3); sys.settrace(lambda *a: 1/0)"],
    ["the builtins are gone", "import builtins; print(3); builtins.__dict__.clear()"],
    ["a file is larger than memory", "print(3)\ntry: open('f', 'wb').truncate(10**12)\nexcept OSError: pass"],
  ] as const) {
    test(`when ${what}`, async () => {
      expect(await runWoma(["-c", code])).toMatchObject({ stdout: "3\n", exitCode: 0 });
    });
  }
});

describe("what does not exist", () => {
  test("as a descriptor is EBADF for select, POLLNVAL for poll", async () => {
    const code = `
import select
try: select.select([99], [], [], 0)
except OSError as error: print(error)
poller = select.poll(); poller.register(99); print(poller.poll(0))`;
    expect(await runWoma(["-c", code])).toMatchObject(fine("[Errno 9] Bad file descriptor\n[(99, 32)]\n"));
  });

  test("as a module stays so when its name is longer than any path", async () => {
    await using scratch = await scratchDirectory();
    const code =
      "import importlib\ntry: importlib.import_module('a' * 5000)\nexcept ModuleNotFoundError: print('none')";
    await writeFile(join(scratch.path, "s.py"), code);
    expect(await runWoma(["s.py"], { cwd: scratch.path })).toMatchObject(fine("none\n"));
  });

  test("as a granted host is told by pyodide.http too", async () => {
    const code = `
import asyncio, pyodide.http
for attempt in lambda: pyodide.http.open_url("http://x/"), lambda: asyncio.run(pyodide.http.pyfetch("http://x/")):
    try: attempt()
    except Exception as error: print(type(error).__name__, error)`;
    const { stdout } = await runWoma(["--deny-net", "-c", code]);
    expect(stdout).toMatch(
      /^JsException NetworkError: .*--allow-net=x:80\nAbortError Failed to fetch .*--allow-net=x:80\n$/,
    );
  });

  testUnless(notRoot, "as a user in the system's list can run programs all the same", async () => {
    await using scratch = await scratchDirectory();
    await chmod(scratch.path, 0o755);
    const binary = join(scratch.path, "woma");
    await copyFile(await builtBinary(), binary);
    await chmod(binary, 0o755);
    const command = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups", "env", "-i", binary];
    const child = Bun.spawn([...command, "-c", "print(1)"], { cwd: "/", stdout: "pipe", stderr: "pipe" });
    const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    expect({ stdout, stderr, exitCode: await child.exited }).toEqual(fine("1\n"));
  });
});

test("--reset-globals reads a pipe line by line, an interpreter each", async () => {
  const { stdout, stderr, exitCode } = await runWoma(["--reset-globals", "-q", "-i"], {
    stdin: "x = 1\nprint(x)\nprint(5)\n",
  });
  expect({ stdout, exitCode }).toEqual({ stdout: "5\n", exitCode: 0 });
  expect(stderr).toBe(
    [
      '>>> >>> Traceback (most recent call last):\n  File "<stdin>", line 1, in <module>\n    print(x)\n          ^',
      "NameError: name 'x' is not defined\n>>> >>> \n",
    ].join("\n"),
  );
});

test("a standard stream that is a file has a position", async () => {
  const code = "import sys; sys.stdin.read(); sys.stdin.seek(2); print(repr(sys.stdin.read()))";
  await using scratch = await scratchDirectory();
  await writeFile(join(scratch.path, "in.txt"), "abcd");
  const child = Bun.spawn([await builtBinary(), "-c", code], {
    stdin: Bun.file(join(scratch.path, "in.txt")),
    stdout: "pipe",
    stderr: "pipe",
    env: { HOME: scratch.path },
  });
  expect(await new Response(child.stdout).text()).toBe("'cd'\n");
});

/** What both output streams write into one pipe. */
async function inOnePipe(words: readonly string[], stdin = ""): Promise<string> {
  const child = Bun.spawn(["sh", "-c", '"$0" "$@" 2>&1', await builtBinary(), ...words], {
    stdin: new TextEncoder().encode(stdin),
    stdout: "pipe",
    env: { PATH: process.env["PATH"] ?? "", HOME: "/" },
  });
  return new Response(child.stdout).text();
}

testUnless(notOnLinux, "of hundreds of interrupts in a busy loop none is lost", async () => {
  const code = `
import itertools
for count in itertools.count(1):
    try:
        print(count, flush=True)
        while True: pass
    except KeyboardInterrupt: pass`;
  const child = Bun.spawn([await builtBinary(), "-c", code], { env: {}, stdout: "pipe", stderr: "pipe" });
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  for (let count = 1; count <= 400; count++) {
    while (!seen.includes(`${count}\n`)) seen += (await lines.read()).value ?? "";
    // At another place in the loop each time.
    await Bun.sleep(Math.random() * 3);
    child.kill("SIGINT");
  }
  child.kill("SIGKILL");
  expect(seen.split("\n").length).toBeGreaterThanOrEqual(400);
});
