import { describe, expect } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtBinary } from "../support/binary.ts";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { eventually, isRunning } from "../support/processes.ts";
import { Terminal } from "../support/pty.ts";
import { startWoma } from "../support/running.ts";
import { type RunOptions, runWoma, scratchDirectory } from "../support/woma.ts";

async function run(args: readonly string[], options: RunOptions = {}) {
  const { stdout, stderr, exitCode } = await runWoma(args, options);
  return { stdout, stderr, exitCode };
}

const fine = (stdout: string) => ({ stdout, stderr: "", exitCode: 0 });

/** Says something first, which has left the program when the limit is met. */
const SAYING = "print('before', flush=True)\n";

/** Where a program meets an interrupt: its own traceback, which is CPython's, comes before woma's words. */
const interrupted = (words: string) => new RegExp(`^Traceback [\\s\\S]*\\nKeyboardInterrupt\\n${escaped(words)}$`);
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const timeoutWords = (seconds: string) =>
  `error: the program was stopped after ${seconds} s, its --timeout\n\nhint: give it more time with --timeout; it has 1 s to clean up after the interrupt\n`;
const cpuWords = (seconds: string) =>
  `error: the program was stopped after ${seconds} s of processor time, its --cpu-time\n\nhint: give it more with --cpu-time; it has 1 s to clean up after the interrupt\n`;
const outputWords =
  "error: the program was killed: it printed more than 1 MB, its --max-output\n\nhint: allow more with --max-output\n";

describe("--timeout", () => {
  for (const [what, code] of [
    ["a loop", "while True: pass"],
    ["time.sleep", "import time; time.sleep(600)"],
    ["input()", "input()"],
    ["a wait for a lock", "import fcntl; fcntl.lockf(open('f', 'a'), fcntl.LOCK_EX)"],
  ] as const) {
    testUnless(notOnLinux, `ends ${what}, names itself and its value, and keeps the output before it`, async () => {
      await using scratch = await scratchDirectory();
      const other =
        "import fcntl; f = open('f', 'a'); fcntl.lockf(f, fcntl.LOCK_EX); print('ready', flush=True); input()";
      const holding = Bun.spawn([await builtBinary(), "--mount", ".", "-c", other], {
        cwd: scratch.path,
        stdin: "pipe",
        stdout: "pipe",
      });
      await holding.stdout.getReader().read();
      const child = Bun.spawn([await builtBinary(), "--mount", ".", "--timeout", "0.75", "-c", SAYING + code], {
        cwd: scratch.path,
        stdin: "pipe",
        stdout: "pipe",
        stderr: "pipe",
      });
      expect([await child.exited, await new Response(child.stdout).text()]).toEqual([124, "before\n"]);
      expect(await new Response(child.stderr).text()).toMatch(interrupted(timeoutWords("0.75")));
      holding.kill("SIGKILL");
      await holding.exited;
    });
  }

  testUnless(notOnLinux, "lets a program clean up after the interrupt, and kills one that does not end", async () => {
    const cleaning = `${SAYING}
try:
    while True: pass
finally: print("cleaned up")`;
    expect(await run(["--timeout=1", "-c", cleaning])).toEqual({
      stdout: "before\ncleaned up\n",
      stderr: expect.stringMatching(interrupted(timeoutWords("1"))),
      exitCode: 124,
    });
    const stubborn = `${SAYING}
while True:
    try:
        while True: pass
    except KeyboardInterrupt: print("no", flush=True)`;
    expect(await run(["--timeout=1", "-c", stubborn])).toEqual({
      stdout: "before\nno\n",
      stderr: timeoutWords("1"),
      exitCode: 124,
    });
    expect(await run(["--timeout=1", "-c", `${SAYING}sum(range(10**12))`])).toEqual({
      stdout: "before\n",
      stderr: timeoutWords("1"),
      exitCode: 124,
    });
  });
});

describe("--cpu-time", () => {
  testUnless(notOnLinux, "ends what computes, names itself and its value, and keeps the output before it", async () => {
    expect(await run(["--cpu-time", "1", "-c", `${SAYING}while True: pass`])).toEqual({
      stdout: "before\n",
      stderr: expect.stringMatching(interrupted(cpuWords("1"))),
      exitCode: 152,
    });
    expect(await run(["--cpu-time=0.5", "-c", `${SAYING}sum(range(10**12))`])).toEqual({
      stdout: "before\n",
      stderr: cpuWords("0.5"),
      exitCode: 152,
    });
  });

  testUnless(notOnLinux, "does not count what a program sleeps", async () => {
    expect(await run(["--cpu-time=1", "-c", "import time; time.sleep(1.5); print('slept')"])).toEqual(fine("slept\n"));
  });
});

describe("--memory", () => {
  testUnless(notOnLinux, "is a MemoryError that a program can go on from", async () => {
    const code = `${SAYING}
kept = []
try:
    while True: kept.append(bytearray(1_000_000))
except MemoryError: count = len(kept); kept = None
print(20 < count < 100, len(bytearray(10_000_000)))`;
    expect(await run(["--memory", "100", "-c", code])).toEqual(fine("before\nTrue 10000000\n"));
  });

  testUnless(notOnLinux, "is named with its value when a program ends of it", async () => {
    const { stdout, stderr, exitCode } = await run(["--memory=64", "-c", `${SAYING}bytearray(200_000_000)`]);
    expect({ stdout, exitCode }).toEqual({ stdout: "before\n", exitCode: 1 });
    expect(stderr).toStartWith("Traceback (most recent call last):\n");
    expect(stderr).toContain("MemoryError");
    expect(stderr).toMatch(/64 MB/);
    expect(stderr).toContain("--memory");
  });

  testUnless(notOnLinux, "holds for the whole process, which is killed past it", async () => {
    const code = `${SAYING}
for n in range(100):
    with open(f"/tmp/{n}", "wb") as file: file.write(b"x" * 50_000_000)`;
    expect(await run(["--memory", "128", "-c", code])).toEqual({
      stdout: "before\n",
      stderr:
        "error: the program was killed: its process passed the memory limit of 128 MB\n\nhint: allow more with --memory\n",
      exitCode: 137,
    });
  });
});

describe("--max-output", () => {
  const MEGABYTE = 1024 * 1024;
  for (const stream of ["stdout", "stderr"] as const) {
    testUnless(notOnLinux, `ends a program that prints more on ${stream}; what fits is printed`, async () => {
      const code = `import sys\nwhile True: sys.${stream}.write("x" * 1000 + "\\n")`;
      const { stdout, stderr, exitCode } = await run(["--max-output", "1", "-c", code]);
      const printed = stream === "stdout" ? stdout : stderr.slice(0, -outputWords.length);
      expect({ length: printed.length, exitCode }).toEqual({ length: MEGABYTE, exitCode: 153 });
      expect(stderr).toEndWith(outputWords);
    });
  }

  testUnless(notOnLinux, "counts both together, to the byte", async () => {
    const code = (more: number) => `
import os
os.write(2, b"e" * 1000); os.write(1, b"o" * (1024 * 1024 - 1000 + ${more}))`;
    const exact = await run(["--max-output=1", "-c", code(0)]);
    expect([exact.stdout.length, exact.stderr, exact.exitCode]).toEqual([MEGABYTE - 1000, "e".repeat(1000), 0]);
    const over = await run(["--max-output=1", "-c", code(1)]);
    expect([over.stdout.length, over.stderr, over.exitCode]).toEqual([
      MEGABYTE - 1000,
      "e".repeat(1000) + outputWords,
      153,
    ]);
  });
});

describe("--max-open-files", () => {
  testUnless(
    notOnLinux,
    "is an OSError that names it, on a mount and in memory, and goes away with a close",
    async () => {
      await using scratch = await scratchDirectory();
      await writeFile(join(scratch.path, "f"), "text");
      const code = (name: string) => `${SAYING}
kept = []
try:
    while True: kept.append(open(${name}))
except OSError as error: print(len(kept), error)
kept.pop().close(); print(open(${name}).read())`;
      const message = (name: string) =>
        `before\n17 [Errno 24] Too many open files: the program may have 20 open; allow more with --max-open-files: '${name}'\ntext\n`;
      const limited = (code: string) => run(["--mount=.", "--max-open-files", "20", "-c", code], { cwd: scratch.path });
      expect(await limited(code("'f'"))).toEqual(fine(message("f")));
      expect(await limited(`open("/tmp/f", "w").write("text")\n${code("'/tmp/f'")}`)).toEqual(fine(message("/tmp/f")));
    },
  );
});

describe("--max-written", () => {
  testUnless(notOnLinux, "is an OSError that names it; reading, and the program's own memory, go on", async () => {
    await using scratch = await scratchDirectory();
    await writeFile(join(scratch.path, "f"), "text");
    const code = `${SAYING}
import os, shutil
file, written = open("big", "wb", buffering=0), 0
try:
    while True: written += file.write(b"x" * 65536)
except OSError as error: print(error)
print(written, os.path.getsize("big"), open("f").read()); os.remove("big")
for what in [lambda: open("other", "wb", buffering=0).write(b"y"), lambda: shutil.copyfile("f", "copy"), lambda: os.pwrite(os.open("f", os.O_WRONLY), b"z", 0)]:
    try: print(what())
    except OSError as error: print(error)
open("/tmp/own", "wb").write(bytes(5_000_000)); print(os.path.getsize("/tmp/own"), open("f").read())`;
    const message =
      "[Errno 122] Disk quota exceeded: the program may write 1 MB to files; allow more with --max-written";
    const { stdout, stderr, exitCode } = await run(["--mount=.", "--max-written", "1", "-c", code], {
      cwd: scratch.path,
    });
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout.replaceAll(/(--max-written): '\w+'(?: -> '\w+')?/g, "$1")).toBe(
      `before\n${message}\n1048576 1048576 text\n${`${message}\n`.repeat(3)}5000000 text\n`,
    );
    expect(await readFile(join(scratch.path, "f"), "utf8")).toBe("text");
  });

  testUnless(notOnLinux, "holds for what is written through memory: a flush that loses something says so", async () => {
    await using scratch = await scratchDirectory();
    const code = `
import mmap
open("f", "wb").truncate(4_000_000)
with open("f", "r+b") as file:
    view = mmap.mmap(file.fileno(), 0); view[:] = b"x" * 4_000_000
    try: view.flush(); print("flushed", open("f", "rb").read().count(b"x"))
    except OSError as error: print(error)`;
    expect(await run(["--mount=.", "--max-written=1", "-c", code], { cwd: scratch.path })).toEqual(
      fine("[Errno 122] Disk quota exceeded: the program may write 1 MB to files; allow more with --max-written\n"),
    );
    expect(await run(["--mount=.", "--max-written=5", "-c", code], { cwd: scratch.path })).toEqual(
      fine("flushed 4000000\n"),
    );
  });

  testUnless(notOnLinux, "counts a hole that truncate makes for what it is: nothing", async () => {
    await using scratch = await scratchDirectory();
    const code = "import os; open('f', 'w').truncate(10**9); print(os.path.getsize('f'))";
    const outcome = await run(["--mount=.", "--max-written=1", "-c", code], { cwd: scratch.path });
    expect([`${outcome.stdout}`, outcome.exitCode]).toSatisfy(
      ([stdout, exitCode]) => (stdout === "1000000000\n" && exitCode === 0) || outcome.stderr.includes("--max-written"),
    );
  });
});

describe("several limits at once:", () => {
  testUnless(notOnLinux, "each holds, the first that is met decides", async () => {
    await using scratch = await scratchDirectory();
    const all = [
      "--timeout=30",
      "--cpu-time=20",
      "--memory=100",
      "--max-output=1",
      "--max-open-files=20",
      "--max-written=1",
      "--mount=.",
    ];
    const code = `
try: bytearray(10**9)
except MemoryError: print("memory")
kept = []
try:
    while True: kept.append(open("/tmp/f", "w"))
except OSError as error: print(error.errno)
kept = []
try: open("f", "wb", buffering=0).write(bytes(2_000_000)); open("g", "wb", buffering=0).write(bytes(2_000_000))
except OSError as error: print(error.errno)
while True: print("x" * 999)`;
    const { stdout, stderr, exitCode } = await run([...all, "-c", code], { cwd: scratch.path });
    expect({ first: stdout.slice(0, 14), length: stdout.length, stderr, exitCode }).toEqual({
      first: "memory\n24\n122\n",
      length: 1024 * 1024,
      stderr: outputWords,
      exitCode: 153,
    });
  });

  testUnless(notOnLinux, "without any, a program may take its time, print and write much", async () => {
    await using scratch = await scratchDirectory();
    const code = `
import os
open("f", "wb").write(bytes(8_000_000)); print("x" * 3_000_000)
print(os.path.getsize("f"), len([open("f") for _ in range(900)]))`;
    const { stdout, stderr, exitCode } = await run(["--mount", ".", "-c", code], { cwd: scratch.path });
    expect([stdout.length, stdout.slice(-12), stderr, exitCode]).toEqual([3_000_013, "8000000 900\n", "", 0]);
  });
});

describe("after a limit nothing is left running:", () => {
  for (const [args, code] of [
    [["--timeout=1"], "sum(range(10**12))"],
    [["--cpu-time=1"], "sum(range(10**12))"],
    [["--max-output=1"], "while True: print('x' * 1000)"],
    [["--memory=64"], "import sys; sys.setrecursionlimit(10**9); f = lambda: f(); f()"],
    [[], "import ctypes; ctypes.string_at(2**31)"],
  ] as const) {
    testUnless(notOnLinux, [...args, code].join(" "), async () => {
      await using started = await startWoma([...args, "-c", `print("ready", flush=True); input()\n${code}`]);
      await started.woma.writes("ready");
      const family = familyOf(started.woma.pid);
      expect(family.length).toBeGreaterThan(1);
      started.woma.type("\n");
      // A traceback of so many frames takes a slow machine its time.
      await started.woma.end(60_000);
      await eventually(`${family} have ended`, () => !family.some(isRunning));
    });
  }
});

/** A process and all that come from it. */
function familyOf(ancestor: number): number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => [Number(pid), parentOf(pid)] as const);
  const children = (pid: number): number[] =>
    parents.filter(([, parent]) => parent === pid).flatMap(([child]) => [child, ...children(child)]);
  return [ancestor, ...children(ancestor)];
}

function parentOf(pid: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(/.*\) /s)[1]?.split(" ")[1]);
  } catch {
    return 0;
  }
}

describe("what would break a native interpreter ends with a clear error, or does not end at all:", () => {
  const deep = "x = []\nfor _ in range(200_000): x = [x]\n";
  for (const [what, code, stdout] of [
    ["repr of a 200,000-deep list", `${deep}print(len(repr(x)))`, "400002\n"],
    ["its end", `${deep}del x; print("gone")`, "gone\n"],
    ["a comparison", `y = []\nfor _ in range(200_000): y = [y]\n${deep}print(x == y)`, "True\n"],
    ["json.dumps of it", `${deep}import json; print(len(json.dumps(x)))`, "400002\n"],
    ["a deep tuple's hash", "x = ()\nfor _ in range(200_000): x = (x,)\nprint(type(hash(x)))", "<class 'int'>\n"],
  ] as const) {
    testUnless(notOnLinux, what, async () => {
      const outcome = await run(["-c", code]);
      if (outcome.exitCode === 0) expect(outcome).toEqual(fine(stdout));
      else expect(outcome.stderr.trimEnd().split("\n").at(-1)).toMatch(/^(?:RecursionError|MemoryError)\b/);
    });
  }

  for (const [what, code, lastLine] of [
    ["deep recursion", "def f(): f()\nf()", /^RecursionError: maximum recursion depth exceeded/],
    [
      "deep recursion through C",
      "import sys; sys.setrecursionlimit(10**6)\nclass A:\n    def __getattr__(self, name): return getattr(self, name)\nA().x",
      /^RecursionError: /,
    ],
    [
      "json.loads('[' * 100000)",
      "import json; json.loads('[' * 100000)",
      /^(?:RecursionError|json\.decoder\.JSONDecodeError): /,
    ],
    ["eval of much nesting", "eval('-' * 100000 + '1')", /^(?:MemoryError|RecursionError): /],
    ["pickle of a deep list", `${deep}import pickle; pickle.dumps(x)`, /^when serializing|^RecursionError: /],
  ] as const) {
    testUnless(notOnLinux, what, async () => {
      const { stdout, stderr, exitCode } = await run(["-c", `print("before", flush=True)\n${code}`]);
      expect({ stdout, exitCode }).toEqual({ stdout: "before\n", exitCode: 1 });
      expect(stderr).toStartWith("Traceback (most recent call last):\n");
      expect(stderr).toContain("Error");
      expect(stderr.trimEnd().split("\n").at(-1)).toMatch(lastLine);
    });
  }

  for (const [what, code] of [
    ["memory that there is not", "ctypes.string_at(2**31)"],
    ["memory that is written over", "ctypes.memset(0, 255, 100_000_000)"],
    ["a function that there is not", "ctypes.CFUNCTYPE(None)(123456)()"],
    ["a function past all tables", "ctypes.CFUNCTYPE(None)(2**31)()"],
  ] as const) {
    testUnless(notOnLinux, `a trap, of ${what}`, async () => {
      await using scratch = await scratchDirectory();
      const program = `import ctypes, os\nprint("before", flush=True); open("f", "w").write("kept")\n${code}`;
      const { stdout, stderr, exitCode } = await run(["--mount", ".", "-c", program], { cwd: scratch.path });
      expect({ stdout, exitCode }).toEqual({ stdout: "before\n", exitCode: 70 });
      expect(stderr).toMatch(
        /^error: Python's process died \(status 70\):\nthe interpreter stopped on an error of its own: .+\n\nhint: what the program did before that is done; run it again for a new interpreter\n$/,
      );
      expect(await readdir(scratch.path)).toEqual(["f"]);
      expect(await readFile(join(scratch.path, "f"), "utf8")).toBe("kept");
    });
  }
});

describe("at the prompt", () => {
  const died =
    /^error: Python's process died \(status 70\):the interpreter stopped on an error of its own: .+hint: .+woma: here is a new interpreter; what the last one knew is gone$/;

  for (const args of [[], ["--reset-globals"]]) {
    testUnless(
      notOnLinux,
      `${["woma", ...args].join(" ")}: a trap is told, and a new interpreter prompts`,
      async () => {
        await using terminal = await Terminal.open(args);
        expect(await terminal.enter("x = 5")).toBe("");
        for (let time = 0; time < 2; time++) {
          const shown = await terminal.enter("import ctypes; ctypes.string_at(2**31)");
          expect(shown.replaceAll("\n", "")).toMatch(died);
          expect(await terminal.enter("'x' in globals(), 1 + 1")).toBe("(False, 2)");
        }
        terminal.press("\x04");
        expect(await terminal.ends()).toBe(0);
      },
    );
  }

  testUnless(notOnLinux, "files written on a mount are kept across a trap, and the mount is there again", async () => {
    await using terminal = await Terminal.open(["--mount", "."]);
    await terminal.enter("open('f', 'w').write('kept')");
    await terminal.enter("import ctypes; ctypes.string_at(2**31)");
    expect(await terminal.enter("open('f').read()")).toBe("'kept'");
  });

  testUnless(notOnLinux, "a MemoryError and a deep recursion leave the interpreter as it was", async () => {
    await using terminal = await Terminal.open(["--memory=64"]);
    expect(await terminal.enter("x = 5")).toBe("");
    expect(await terminal.enter("bytearray(10**9)")).toContain("MemoryError");
    expect(await terminal.enter("f = lambda: f(); f()")).toContain("RecursionError: maximum recursion depth exceeded");
    expect(await terminal.enter("x")).toBe("5");
  });

  testUnless(notOnLinux, "a process that outgrows the memory is told, and a new interpreter prompts", async () => {
    await using terminal = await Terminal.open(["--memory=64"]);
    const shown = await terminal.enter("[open(f'/tmp/{n}', 'wb').write(b'x' * 20_000_000) for n in range(100)]");
    expect(shown.replaceAll("\n", "")).toContain("its process passed the memory limit of 64 MB");
    expect(await terminal.enter("1 + 1")).toBe("2");
  });

  for (const [args, entry, words, status] of [
    [["--timeout=2"], "import time; time.sleep(600)", timeoutWords("2"), 124],
    [["--cpu-time=1"], "sum(range(10**12))", cpuWords("1"), 152],
  ] as const) {
    testUnless(notOnLinux, `${args[0]} ends the session`, async () => {
      await using terminal = await Terminal.open(args);
      await terminal.prompts();
      terminal.press(`${entry}\r`);
      expect(await terminal.ends()).toBe(status);
      expect(terminal.screen.text.replaceAll("\n", "")).toEndWith(words.replaceAll("\n", ""));
    });
  }
});
