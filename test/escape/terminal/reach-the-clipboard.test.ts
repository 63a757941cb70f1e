/** The attacker writes what the user's terminal obeys: into the clipboard, into its answers, which the shell then reads. */
import { describe, expect } from "bun:test";
import { builtBinary } from "../../support/binary.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { javascriptOf } from "../support/cells.ts";
import { hostileBinary } from "../support/hostile-binary.ts";
import { sentToTerminal } from "../support/on-terminal.ts";
import { javascriptPart } from "../support/parts.ts";
import { run } from "../support/run.ts";

const CLIPBOARD = "\x1b]52;c;aGFjaw==\x07";
const PLAIN = "\x1b[31mred\x1b[0m";

/** Ways to write a sequence between two pieces of harmless text. */
const WAYS = {
  "to standard output": "import sys\nsys.stdout.write(SEQUENCE)",
  "to standard error": "import sys\nsys.stderr.write(SEQUENCE)",
  "a byte at a time": "import os\nfor byte in SEQUENCE.encode(): os.write(1, bytes([byte]))",
  "to /dev/tty": "with open('/dev/tty', 'w') as terminal: terminal.write(SEQUENCE)",
  "by an exception": "raise SystemExit(SEQUENCE)",
};

/** Reports: the title, the state, what was typed before; a function key; a file to keep. */
const OTHERS = ["\x1b[21t", "\x1bP$qm\x1b\\", "\x9b21t", "\x1b]52;c;?\x1b\\", "\x1b]1337;File=name=eA==:eA==\x07"];

describe("a cell cannot reach its user's clipboard through the terminal:", () => {
  for (const [way, code] of Object.entries(WAYS)) {
    testUnless(notOnLinux, `written ${way}`, async () => {
      const program = `SEQUENCE = ${JSON.stringify(`${PLAIN}${CLIPBOARD}.`)}\n${code}`;
      const shown = await sentToTerminal([await builtBinary(), "-c", program]);
      expect(shown).toContain(PLAIN);
      expect(shown).not.toContain("52;c");
    });
  }

  testUnless(notOnLinux, "written by a request to the broker", async () => {
    const write = javascriptPart(
      ({ ask, given }) =>
        [2, 3].map(
          (handle) =>
            ask({ op: "write", handle, nonBlocking: false, windowLength: 0 }, [
              ...new TextEncoder().encode(String(given["text"])),
            ])["written"],
        ),
      { text: `${PLAIN}${CLIPBOARD}.` },
    );
    const shown = await sentToTerminal([await hostileBinary(), "-c", javascriptOf([write])]);
    expect(shown).toContain(PLAIN);
    expect(shown).not.toContain("52;c");
  });

  testUnless(notOnLinux, "nor have the terminal answer, or keep a file", async () => {
    const program = `print(${JSON.stringify(OTHERS)}, *${JSON.stringify(OTHERS)}, 'end', sep='|')`;
    const shown = await sentToTerminal([await builtBinary(), "-c", program]);
    expect(shown).toEndWith("|||||end\r\n");
  });

  testUnless(notOnLinux, "control: into a pipe its bytes pass as they are", async () => {
    const { stdout } = await run([await builtBinary(), "-c", `print(${JSON.stringify(CLIPBOARD)}, end="")`]);
    expect(stdout).toBe(CLIPBOARD);
  });
});
