import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { C_LOOP, READY, WAITING } from "../support/endless.ts";
import { notOnLinux } from "../support/loud-skip.ts";
import { eventually, isRunning, isStopped, onlyChildOf } from "../support/processes.ts";
import { Terminal } from "../support/pty.ts";
import { type RunningWoma, startWoma } from "../support/running.ts";

setDefaultTimeout(90_000);

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

  for (const [name, number] of [
    ["SIGINT", 2],
    ["SIGHUP", 1],
  ] as const) {
    test(`is ignored when woma was started with ${name} ignored, as by nohup`, async () => {
      const code = `import signal; print('ready', signal.getsignal(${number}) is signal.SIG_IGN, flush=True); input(); print('went on')`;
      await using running = await startWoma(["-c", code], ["sh", "-c", `trap '' ${number}; exec "$0" "$@"`]);
      await running.woma.writes("ready True\n");
      running.woma.child.kill(name);
      await Bun.sleep(200);
      running.woma.type("\n");
      expect(await running.woma.end()).toEqual({
        stdout: "ready True\nwent on\n",
        stderr: "",
        exitCode: 0,
        signal: null,
      });
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
        if (signal !== name || stderr.includes("error:"))
          ends.push(`${name} after ${delayMs} ms: ${signal ?? exitCode} ${stderr}`);
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
      // Let what follows begin: asyncio loses an interrupt that comes while it takes SIGINT over.
      await Bun.sleep(1000);
      terminal.press("\x03");
      const status = await terminal.ends();
      expect(`${terminal.screen.text} ${status}`).toEndWith("\nKeyboardInterrupt SIGINT");
    });
  }

  test("Ctrl-Z stops woma and its cell, and fg lets both go on", async () => {
    await using terminal = await Terminal.open([], {
      command: ["bash", "--norc", "--noprofile", "-i"],
      env: { PS1: "shell> ", HISTFILE: "/dev/null" },
    });
    await terminal.enterInShell(`{woma} -c "print('re' + 'ady', flush=True); print('got', input())"`);
    await terminal.shows("ready");
    const woma = onlyChildOf(terminal.child.pid);
    const cell = onlyChildOf(woma);
    terminal.press("\x1a");
    await terminal.shows("Stopped");
    expect(isStopped(woma)).toBe(true);
    await eventually("the cell is stopped", () => isStopped(cell), 2000);
    await terminal.enterInShell("fg");
    await eventually("woma goes on", () => !isStopped(woma), 2000);
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
