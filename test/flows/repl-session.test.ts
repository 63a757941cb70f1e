import { describe, expect, setDefaultTimeout } from "bun:test";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { notOnLinux, type Obstacle, testUnless } from "../support/loud-skip.ts";
import { onlyChildOf } from "../support/processes.ts";
import { Terminal } from "../support/pty.ts";
import { scratchDirectory } from "../support/woma.ts";

setDefaultTimeout(120_000);

const noTerminal: Obstacle = process.platform === "win32" ? "needs a POSIX terminal" : undefined;
// As a terminal sends it in the mode that line editors switch it to.
const UP = "\x1bOA";
const CTRL_C = "\x03";
const CTRL_D = "\x04";

describe("the prompt's end", () => {
  for (const [keys, status] of [
    [CTRL_D, 0],
    ["exit()\r", 0],
    ["quit()\r", 0],
    ["exit(3)\r", 3],
    ["exit\r", 0],
    ["import sys; sys.exit('no')\r", 1],
    ["raise SystemExit(4)\r", 4],
    ["import os; os._exit(5)\r", 5],
  ] as const) {
    testUnless(noTerminal, `by ${JSON.stringify(keys)} has status ${status}`, async () => {
      await using terminal = await Terminal.open(["-q"]);
      await terminal.prompts();
      terminal.press(keys);
      expect(await terminal.ends()).toBe(status);
    });
  }

  testUnless(notOnLinux, "leaves the terminal as it was", async () => {
    for (const how of ["ctrl-d", "kill the cell, then ctrl-d", "kill woma"] as const) {
      await using terminal = await Terminal.open([], {
        command: ["bash", "--norc", "--noprofile"],
        env: { PS1: "shell> ", HISTFILE: "/dev/null" },
      });
      await terminal.enterInShell("before=$(stty -g); {woma} -q");
      await terminal.enter("6*7");
      const woma = onlyChildOf(terminal.child.pid);
      if (how === "kill woma") process.kill(woma, "SIGTERM");
      if (how === "kill the cell, then ctrl-d") {
        process.kill(onlyChildOf(woma), "SIGKILL");
        await terminal.shows("new interpreter");
        expect(await terminal.enter("6*7")).toBe("42");
      }
      if (how !== "kill woma") terminal.press(CTRL_D);
      await terminal.prompts("shell> ");
      await terminal.enterInShell('[ "$before" = "$(stty -g)" ] && echo sa""me || stty -a');
      await terminal.shows("same", 5000);
    }
  });

  testUnless(notOnLinux, "is not the interpreter's: its death is told, and a new one prompts", async () => {
    await using terminal = await Terminal.open(["-q"]);
    await terminal.enter("kept = 42");
    process.kill(onlyChildOf(terminal.child.pid), "SIGKILL");
    await terminal.shows("new interpreter");
    expect(terminal.screen.text).toMatch(/\nerror: Python's process died \(SIGKILL\)\n\nhint: .+/);
    expect(await terminal.enter("'kept' in globals()")).toBe("False");
    terminal.press(CTRL_D);
    expect(await terminal.ends()).toBe(0);
  });
});

describe("Ctrl-C", () => {
  testUnless(noTerminal, "at the prompt drops the line and gives a new prompt", async () => {
    await using terminal = await Terminal.open(["-q"]);
    await terminal.prompts();
    terminal.press("abandoned");
    await terminal.shows("abandoned");
    terminal.press(CTRL_C);
    await terminal.shows("KeyboardInterrupt");
    expect(await terminal.enter("6*7")).toBe("42");
  });

  for (const code of [
    "while True: pass",
    "import time; time.sleep(600)",
    "input()",
    "import asyncio; await asyncio.sleep(600)",
  ]) {
    testUnless(noTerminal, `interrupts ${code}, and the names stay`, async () => {
      await using terminal = await Terminal.open(["-q"]);
      await terminal.enter("kept = 42");
      // A compound statement ends with an empty line.
      terminal.press(code.startsWith("while") ? `${code}\r\r` : `${code}\r`);
      await Bun.sleep(1000);
      terminal.press(CTRL_C);
      await terminal.shows("KeyboardInterrupt");
      expect(await terminal.enter("kept")).toBe("42");
    });
  }
});

describe("the history", () => {
  const state = (home: string) => ({ home, env: { XDG_STATE_HOME: join(home, "state") } });

  testUnless(noTerminal, "is kept in a file of the user's alone, and recalled in the next session", async () => {
    await using scratch = await scratchDirectory();
    await mkdir(join(scratch.path, "state"));
    await leave(["-q"], "'first'", state(scratch.path));
    const [file = ""] = (await filesUnder(join(scratch.path, "state"))).filter((path) => path.includes("history"));
    expect(await readFile(file, "utf8")).toContain("'first'");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await afterArrowUp(["-q"], state(scratch.path))).toBe(">>> 'first'");
  });

  testUnless(noTerminal, "is neither kept nor read under --no-history", async () => {
    await using scratch = await scratchDirectory();
    await mkdir(join(scratch.path, "state"));
    await leave(["-q", "--no-history"], "'secret'", state(scratch.path));
    expect(await filesUnder(join(scratch.path, "state"))).toEqual([]);
    await leave(["-q"], "'kept'", state(scratch.path));
    expect(await afterArrowUp(["-q", "--no-history"], state(scratch.path))).toBe(">>>");
  });

  testUnless(
    noTerminal,
    "is not needed: a state directory that cannot be made costs nothing but the history",
    async () => {
      await using scratch = await scratchDirectory();
      await writeFile(join(scratch.path, "state"), "a file, not a directory");
      expect(await leave(["-q"], "6*7", state(scratch.path))).toBe(0);
    },
  );
});

describe("--reset-globals", () => {
  testUnless(noTerminal, "gives each entry a pristine interpreter", async () => {
    await using terminal = await Terminal.open(["-q", "--reset-globals"]);
    await terminal.enter("name = 1; import json; json.marked = 1");
    expect(await terminal.enter("import json; 'name' in globals(), hasattr(json, 'marked')")).toBe("(False, False)");
    await terminal.enter("import builtins; builtins.marked = 1; del builtins.len");
    expect(await terminal.enter("len('ab'), 'marked' in dir(__builtins__)")).toBe("(2, False)");
    await terminal.enter("import os; os.environ['MARK'] = '1'; os.mkdir('mark')");
    expect(await terminal.enter("import os; 'MARK' in os.environ, os.path.exists('mark')")).toBe("(False, False)");
    expect(await terminal.enter("_")).toContain("NameError: name '_' is not defined");
    expect(await terminal.enter("1/0")).toContain("ZeroDivisionError");
    expect(await terminal.enter("6*7")).toBe("42");
  });

  testUnless(noTerminal, "is ready again soon, entry after entry", async () => {
    await using terminal = await Terminal.open(["-q", "--reset-globals"]);
    await terminal.enter("0");
    const start = performance.now();
    for (let entry = 1; entry <= 5; entry++) expect(await terminal.enter(`${entry} * 2`)).toBe(String(entry * 2));
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

/** Enters one line, leaves with Ctrl-D, and tells the exit status. */
async function leave(
  args: readonly string[],
  line: string,
  options: { home: string; env: Record<string, string> },
): Promise<number | string> {
  await using terminal = await Terminal.open(args, options);
  await terminal.enter(line);
  terminal.press(CTRL_D);
  return await terminal.ends();
}

async function afterArrowUp(
  args: readonly string[],
  options: { home: string; env: Record<string, string> },
): Promise<string> {
  await using terminal = await Terminal.open(args, options);
  await terminal.prompts();
  terminal.press(UP);
  await Bun.sleep(1000);
  return terminal.screen.cursorLine;
}

async function filesUnder(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
