import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { childrenOf, eventually, isRunning, isStopped, residentBytes } from "../support/processes.ts";
import { Terminal } from "../support/pty.ts";
import { type RunningWoma, startWoma } from "../support/running.ts";
import { runWoma } from "../support/woma.ts";

setDefaultTimeout(90_000);

const READY = "print('ready', flush=True)\n";
const WAITING = {
  "in a loop": "while True: pass",
  "in time.sleep": "import time; time.sleep(600)",
  "in input()": "input()",
  "in asyncio": "import asyncio; asyncio.run(asyncio.sleep(600))",
  "in a regular expression": "import re; re.match('(a+)+$', 'a' * 64 + 'b')",
};
const C_LOOP = "sum(range(10**12))";
const TIMED_OUT = `error: the program was stopped after 0.5 s, its --timeout

hint: give it more time with --timeout; it has 1 s to clean up after the interrupt
`;

describe("--timeout", () => {
  for (const [where, code] of Object.entries(WAITING)) {
    test(`interrupts a program ${where}, and exits with 124`, async () => {
      await using running = await startWoma(["--timeout", "0.5", "-c", code]);
      const { stdout, stderr, exitCode } = await running.woma.end();
      expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 124 });
      expect(stderr).toStartWith("Traceback (most recent call last):\n");
      expect(stderr).toEndWith(`KeyboardInterrupt\n${TIMED_OUT}`);
    });
  }

  test("keeps what was written before it and in the finally blocks", async () => {
    const code = "import time\ntry:\n    print('before')\n    time.sleep(600)\nfinally:\n    print('finally')";
    const { stdout, exitCode } = await runWoma(["--timeout", "0.5", "-c", code]);
    expect({ stdout, exitCode }).toEqual({ stdout: "before\nfinally\n", exitCode: 124 });
  });

  test("kills a program that swallows every interrupt, and keeps what it wrote", async () => {
    const code =
      "print('before', flush=True)\nwhile True:\n    try:\n        while True: pass\n    except BaseException: pass";
    expect(await runWoma(["--timeout", "0.5", "-c", code])).toMatchObject({
      stdout: "before\n",
      stderr: TIMED_OUT,
      exitCode: 124,
    });
  });

  test("kills a loop in C that never looks", async () => {
    expect(await runWoma(["--timeout", "0.5", "-c", C_LOOP])).toMatchObject({
      stdout: "",
      stderr: TIMED_OUT,
      exitCode: 124,
    });
  });

  test("does not delay, nor change, a program that ends in time", async () => {
    await using running = await startWoma(["--timeout", "600", "-c", "import sys; print(1); sys.exit(3)"]);
    expect(await running.woma.end()).toEqual({ stdout: "1\n", stderr: "", exitCode: 3, signal: null });
  });

  test("holds for a program that catches the interrupt and goes on to its end: still 124", async () => {
    const code = "import time\ntry: time.sleep(600)\nexcept KeyboardInterrupt: print('caught')";
    expect(await runWoma(["--timeout", "0.5", "-c", code])).toMatchObject({
      stdout: "caught\n",
      stderr: TIMED_OUT,
      exitCode: 124,
    });
  });
});

describe("--memory", () => {
  test("raises a MemoryError that a program can catch, and goes on", async () => {
    const code = `
try: bytearray(2**30)
except MemoryError: print('too large')
held = []
try:
    while True: held.append(bytearray(10**6))
except MemoryError:
    count = len(held)
    held.clear()
print('went on', 100 < count < 256, len(bytearray(50 * 10**6)))
`;
    expect(await runWoma(["--memory", "256", "-c", code])).toMatchObject({
      stdout: "too large\nwent on True 50000000\n",
      stderr: "",
      exitCode: 0,
    });
  });

  for (const [what, code] of Object.entries({
    "one large object": "print('start')\nx = bytearray(2**30)",
    "a list of lists that grows": "print('start')\nx = []\nwhile True: x.append([0] * 1000)",
    "a list of small objects that grows": "print('start')\nx = []\nwhile True: x.append(object())",
    "a string that doubles": "print('start')\nx = 'x'\nwhile True: x += x",
    "a dictionary that grows": "print('start')\nx = {}\nwhile True: x[len(x)] = str(len(x))",
  })) {
    test(`ends a program with a traceback when it is exceeded by ${what}`, async () => {
      const { stdout, stderr, exitCode } = await runWoma(["--memory", "128", "-c", code]);
      expect({ stdout, exitCode }).toEqual({ stdout: "start\n", exitCode: 1 });
      expect(stderr).toMatch(
        /^Traceback \(most recent call last\):\n {2}File "<string>", line \d, in <module>\n(.*\n)*MemoryError\n$/,
      );
      expect(stderr.split("\n").length).toBeLessThan(8);
    });
  }

  test("refuses 2 GB, which a 32-bit Python cannot address, however much is allowed", async () => {
    const { stderr, exitCode } = await runWoma(["--memory", "4095", "-c", "bytearray(2**31)"]);
    expect(stderr).toMatch(/\n(MemoryError|OverflowError: .*)\n$/);
    expect(exitCode).toBe(1);
  });

  testUnless(notOnLinux, "bounds the process, too", async () => {
    const code = `
held = []
try:
    while True: held.append(b'x' * 10**6)
except MemoryError: print('ready', flush=True)
input()
`;
    await using running = await startWoma(["--memory", "256", "-c", code]);
    await running.woma.writes("ready");
    const megabytes = residentBytes(await running.woma.cell()) / 1e6;
    expect(megabytes).toBeGreaterThan(200);
    expect(megabytes).toBeLessThan(256 + 200);
    running.woma.type("\n");
    expect((await running.woma.end()).exitCode).toBe(0);
  });
});

describe.skipIf(notOnLinux !== undefined)("a process that dies", () => {
  for (const [where, code] of Object.entries({ ...WAITING, "in a C loop": C_LOOP })) {
    test(`as cell ${where} is an error message, status 70, and no hang`, async () => {
      await using running = await startWoma(["-c", READY + code]);
      await running.woma.writes("ready");
      process.kill(await running.woma.cell(), "SIGKILL");
      const { stdout, stderr, exitCode } = await running.woma.end();
      expect({ stdout, exitCode }).toEqual({ stdout: "ready\n", exitCode: 70 });
      expect(stderr).toMatch(/^error: Python's process died \(SIGKILL\)\n\nhint: .*[^.]\n$/);
    });

    test(`as broker ${where} takes its cell along within a second`, async () => {
      await using running = await startWoma(["-c", READY + code]);
      await running.woma.writes("ready");
      const cell = await running.woma.cell();
      running.woma.child.kill("SIGKILL");
      await eventually("the cell is gone", () => !isRunning(cell), 1000);
    });
  }
});

describe.skipIf(notOnLinux !== undefined)("a signal to woma", () => {
  for (const [where, code] of Object.entries(WAITING)) {
    test(`SIGINT ${where} is a KeyboardInterrupt, and a death by SIGINT`, async () => {
      const { stdout, stderr, signal } = await signalled(READY + code, (woma) => woma.child.kill("SIGINT"));
      expect({ stdout, signal }).toEqual({ stdout: "ready\n", signal: "SIGINT" });
      expect(stderr).toStartWith("Traceback (most recent call last):\n");
      expect(stderr).toEndWith("KeyboardInterrupt\n");
    });

    test(`SIGTERM ${where} ends it without a word`, async () => {
      expect(await signalled(READY + code, (woma) => woma.child.kill("SIGTERM"))).toEqual({
        stdout: "ready\n",
        stderr: "",
        exitCode: null,
        signal: "SIGTERM",
      });
    });
  }

  test("is handled by what signal.signal set", async () => {
    const code = `
import signal, sys, time
signal.signal(signal.SIGINT, lambda number, frame: print('interrupt', number, flush=True))
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(9))
${READY}
while True: time.sleep(0.01)
`;
    const interruptThenTerminate = async (woma: RunningWoma) => {
      woma.child.kill("SIGINT");
      await woma.writes("interrupt 2");
      woma.child.kill("SIGTERM");
    };
    expect(await signalled(code, interruptThenTerminate)).toEqual({
      stdout: "ready\ninterrupt 2\n",
      stderr: "",
      exitCode: 9,
      signal: null,
    });
  });

  test("is ignored when the program ignores it", async () => {
    const code = `import signal, time; signal.signal(2, signal.SIG_IGN)\n${READY}input(); print('went on')`;
    const ended = await signalled(code, async (woma) => {
      woma.child.kill("SIGINT");
      await Bun.sleep(200);
      woma.type("\n");
    });
    expect(ended).toEqual({ stdout: "ready\nwent on\n", stderr: "", exitCode: 0, signal: null });
  });

  for (const [name, number] of [["SIGINT", 2], ["SIGHUP", 1]] as const) {
    test(`is ignored when woma was started with ${name} ignored, as by nohup`, async () => {
      const code = `import signal; print('ready', signal.getsignal(${number}) is signal.SIG_IGN, flush=True); input(); print('went on')`;
      await using running = await startWoma(["-c", code], ["sh", "-c", `trap '' ${number}; exec "$0" "$@"`]);
      await running.woma.writes("ready True\n");
      running.woma.child.kill(name);
      await Bun.sleep(200);
      running.woma.type("\n");
      expect(await running.woma.end()).toEqual({ stdout: "ready True\nwent on\n", stderr: "", exitCode: 0, signal: null });
    });
  }

  test("at any moment of the start is a death by that signal", async () => {
    const ends: string[] = [];
    for (let delayMs = 0; delayMs <= 300; delayMs += 15) {
      for (const name of ["SIGINT", "SIGTERM"] as const) {
        await using running = await startWoma(["-c", "import time; time.sleep(600)"]);
        await Bun.sleep(delayMs);
        running.woma.child.kill(name);
        const { stderr, exitCode, signal } = await running.woma.end();
        if (signal !== name || stderr.includes("error:")) ends.push(`${name} after ${delayMs} ms: ${signal ?? exitCode} ${stderr}`);
      }
    }
    expect(ends).toEqual([]);
  });

  test("ends the program at once when SIGINT has its default action", async () => {
    const code = `import signal, time; signal.signal(2, signal.SIG_DFL)\n${READY}time.sleep(600)`;
    expect(await signalled(code, (woma) => woma.child.kill("SIGINT"))).toEqual({
      stdout: "ready\n",
      stderr: "",
      exitCode: null,
      signal: "SIGINT",
    });
  });

  test("three times SIGINT kills a loop in C", async () => {
    const ended = await signalled(READY + C_LOOP, async (woma) => {
      await Bun.sleep(300);
      for (let times = 0; times < 3; times++) {
        woma.child.kill("SIGINT");
        await Bun.sleep(300);
      }
    });
    expect({ stdout: ended.stdout, signal: ended.signal }).toEqual({ stdout: "ready\n", signal: "SIGINT" });
  });

  test("leaves neither a process nor a file behind", async () => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
      await using running = await startWoma([
        "-c",
        `${READY}open('left.txt', 'w').write('x')\nimport time; time.sleep(600)`,
      ]);
      await running.woma.writes("ready");
      const cell = await running.woma.cell();
      running.woma.child.kill(signal);
      await running.woma.end();
      await eventually("the cell is gone", () => !isRunning(cell), 1000);
      expect((await readdir(running.woma.home)).filter((name) => name !== ".pyodide-env")).toEqual([]);
    }
  });
});

describe.skipIf(notOnLinux !== undefined)("on a terminal", () => {
  for (const [where, code] of Object.entries(WAITING)) {
    test(`Ctrl-C ${where} interrupts the program`, async () => {
      await using terminal = await Terminal.open(["-c", READY + code]);
      await terminal.shows("ready");
      terminal.press("\x03");
      expect(await terminal.ends()).toBe("SIGINT");
      expect(terminal.screen.text).toEndWith("KeyboardInterrupt");
    });
  }

  test("Ctrl-Z stops woma and its cell, and fg lets both go on", async () => {
    await using terminal = await Terminal.open([], {
      command: ["bash", "--norc", "--noprofile", "-i"],
      env: { PS1: "shell> ", HISTFILE: "/dev/null" },
    });
    await terminal.enterInShell(`{woma} -c "print('re' + 'ady', flush=True); print('got', input())"`);
    await terminal.shows("ready");
    const [woma] = childrenOf(terminal.child.pid);
    const [cell] = childrenOf(woma!);
    terminal.press("\x1a");
    await terminal.shows("Stopped");
    expect(isStopped(woma!)).toBe(true);
    await eventually("the cell is stopped", () => isStopped(cell!), 2000);
    await terminal.enterInShell("fg");
    await eventually("woma goes on", () => !isStopped(woma!), 2000);
    terminal.press("it\r");
    await terminal.shows("got it");
    await terminal.prompts("shell> ");
  });
});

/** Runs the program until it says that it is ready, sends it something, and tells how it ended. */
async function signalled(code: string, send: (woma: RunningWoma) => unknown) {
  await using running = await startWoma(["-c", code]);
  await running.woma.writes("ready");
  // The flush comes before print() returns: let it, so that the next statement is the one interrupted.
  await Bun.sleep(200);
  await send(running.woma);
  return await running.woma.end();
}
