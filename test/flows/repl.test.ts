import { describe, expect, setDefaultTimeout } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Obstacle, testUnless } from "../support/loud-skip.ts";
import { eventually } from "../support/processes.ts";
import { Terminal } from "../support/pty.ts";
import { scratchDirectory } from "../support/woma.ts";

setDefaultTimeout(120_000);

const noTerminal: Obstacle = process.platform === "win32" ? "needs a POSIX terminal" : undefined;
const CTRL_D = "\x04";

describe("the prompt", () => {
  testUnless(noTerminal, "comes with a banner that names woma and Python", async () => {
    await using terminal = await Terminal.open([]);
    await terminal.prompts();
    expect(terminal.screen.text).toMatch(/^woma .*Python 3\.14\.\d.*\n(.*\n)*>>>$/);
  });

  testUnless(noTerminal, "comes without a banner under -q", async () => {
    await using terminal = await Terminal.open(["-q"]);
    await terminal.prompts();
    expect(terminal.screen.text.trimStart()).toBe(">>>");
  });

  testUnless(noTerminal, "answers with the repr of each value, kept in _", async () => {
    await using terminal = await Terminal.open(["-q"]);
    await terminal.enter("6*7");
    await terminal.enter("_ + 1");
    await terminal.enter("None");
    await terminal.enter("_");
    await terminal.enter("'é日本🐍'");
    expect(terminal.screen.text.trimStart()).toBe(
      ">>> 6*7\n42\n>>> _ + 1\n43\n>>> None\n>>> _\n43\n>>> 'é日本🐍'\n'é日本🐍'\n>>>",
    );
  });

  testUnless(noTerminal, "takes a block of several lines", async () => {
    await using terminal = await Terminal.open(["-q"]);
    await terminal.prompts();
    terminal.press("def double(n):\r");
    await terminal.shows("...");
    terminal.press("return n * 2\r");
    await terminal.shows(/return n \* 2\n\.\.\./);
    terminal.press("\x15\r");
    await terminal.prompts();
    expect(await terminal.enter("double(21)")).toBe("42");
  });

  testUnless(noTerminal, "shows a traceback with the line, and goes on", async () => {
    await using terminal = await Terminal.open(["-q"]);
    expect(await terminal.enter("1/0")).toMatch(
      /^Traceback \(most recent call last\):\n {2}File "<.*>", line 1, in <module>\n {4}1\/0\n {4}~\^~\nZeroDivisionError: division by zero$/,
    );
    expect(await terminal.enter("1 +")).toMatch(/\nSyntaxError: invalid syntax$/);
    expect(await terminal.enter("'on'")).toBe("'on'");
  });

  testUnless(noTerminal, "awaits at top level", async () => {
    await using terminal = await Terminal.open(["-q"]);
    await terminal.enter("from asyncio import create_task, sleep");
    expect(await terminal.enter("await sleep(0.01, 'slept')")).toBe("'slept'");
    // A task outlives the entry that made it: there is one loop.
    await terminal.enter("task = await sleep(0) or create_task(sleep(0.01, 'later'))");
    expect(await terminal.enter("await task")).toBe("'later'");
  });

  testUnless(noTerminal, "lets a program read lines from the terminal", async () => {
    await using terminal = await Terminal.open(["-q"]);
    await terminal.prompts();
    terminal.press("name = input('who? ')\r");
    await terminal.prompts("who? ");
    terminal.press("Ada\r");
    await terminal.prompts();
    expect(await terminal.enter("name")).toBe("'Ada'");
  });

  testUnless(noTerminal, "lets a program ask for a password without an echo", async () => {
    await using terminal = await Terminal.open(["-q"]);
    await terminal.enter("from getpass import getpass");
    terminal.press("word = getpass('secret? ')\r");
    await terminal.prompts("secret? ");
    terminal.press("sesame\r");
    await terminal.prompts();
    expect(terminal.screen.text).not.toContain("sesame");
    expect(await terminal.enter("word")).toBe("'sesame'");
  });

  testUnless(noTerminal, "helps on an object", async () => {
    await using terminal = await Terminal.open(["-q"], { env: { TERM: "dumb" } });
    await terminal.prompts();
    terminal.press("help(len)\r");
    await terminal.shows("Return the number of items in a container.");
  });

  testUnless(noTerminal, "outlives a MemoryError, so that the memory can be freed", async () => {
    await using terminal = await Terminal.open(["-q", "--memory", "128"]);
    await terminal.enter("held = []");
    terminal.press("while True: held.append([0] * 1000)\r\r");
    await terminal.shows("MemoryError");
    await terminal.enter("del held");
    expect(await terminal.enter("6*7")).toBe("42");
    expect(terminal.screen.text.match(/MemoryError/g)).toHaveLength(1);
  });

  testUnless(noTerminal, "ends rather than fail for ever when its output is closed", async () => {
    await using terminal = await Terminal.open(["-q"]);
    await terminal.prompts();
    terminal.press("import sys; sys.stdout.close()\r");
    await Bun.sleep(2000);
    expect(terminal.raw.length).toBeLessThan(100_000);
  });

  testUnless(noTerminal, "follows a program under -i, which failed or not, with its names", async () => {
    await using scratch = await scratchDirectory();
    await writeFile(join(scratch.path, "script.py"), "x = 5\nprint('ran')\n1/0\n");
    await using terminal = await Terminal.open(["-i", join(scratch.path, "script.py")]);
    await terminal.shows("ZeroDivisionError: division by zero");
    expect(await terminal.enter("x")).toBe("5");
  });

  testUnless(noTerminal, "takes 200 pasted lines", async () => {
    await using terminal = await Terminal.open(["-q"]);
    await terminal.enter("count = 0");
    terminal.press("count += 1\r".repeat(200));
    await eventually("the lines are run", () => terminal.screen.text.split(">>> count += 1\n").length === 201, 60_000);
    expect(await terminal.enter("count")).toBe("200");
  });

  testUnless(noTerminal, "takes a bracketed paste as one block, blank lines and all", async () => {
    await using terminal = await Terminal.open(["-q"]);
    await terminal.prompts();
    terminal.press("\x1b[200~def f():\n    a = 1\n\n    return a + 1\n\x1b[201~");
    await terminal.shows("return a + 1");
    terminal.press("\r");
    await terminal.prompts();
    expect(await terminal.enter("f()")).toBe("2");
  });

  testUnless(noTerminal, "follows the size of the window", async () => {
    await using terminal = await Terminal.open(["-q"]);
    await terminal.enter("import os");
    expect(await terminal.enter("os.get_terminal_size()")).toBe("os.terminal_size(columns=80, lines=24)");
    terminal.resize(100, 30);
    expect(await terminal.enter("os.get_terminal_size()")).toBe("os.terminal_size(columns=100, lines=30)");
  });

  for (const env of [{ TERM: "dumb" }, { NO_COLOR: "1" }] as const) {
    testUnless(noTerminal, `shows no colour under ${JSON.stringify(env)}`, async () => {
      await using terminal = await Terminal.open(["-q"], { env });
      expect(await terminal.enter("1/0")).toContain("ZeroDivisionError");
      expect(await terminal.enter("6*7")).toBe("42");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
      expect(terminal.raw).not.toMatch(/\x1b\[[0-9;]*[1-9][0-9;]*m/);
      terminal.press(CTRL_D);
      expect(await terminal.ends()).toBe(0);
    });
  }
});
