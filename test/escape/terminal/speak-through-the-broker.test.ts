/** The attacker has the broker write the sequence: in its message about a dead cell, in a hint about a path. */

import { describe, expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { builtBinary } from "../../support/binary.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { scratchDirectory } from "../../support/woma.ts";
import { javascriptOf } from "../support/cells.ts";
import { hostileBinary } from "../support/hostile-binary.ts";
import type { Kit } from "../support/kit.ts";
import { sentToTerminal } from "../support/on-terminal.ts";
import { javascriptPart } from "../support/parts.ts";

const text = "told\u001b]52;c;aGFjaw==\u0007\u009b21t";

const WAYS: Record<string, readonly [(kit: Kit) => unknown, RegExp]> = {
  "the last words of a cell that dies": [
    ({ need, given }) => {
      need("fs").writeSync(2, given["text"]);
      process.exit(9);
    },
    /died \(status 9\):\s+told/,
  ],
  "the last words of a cell that is killed": [
    ({ need, given, call }) => {
      need("fs").writeSync(2, given["text"]);
      call("ptrace", 0, 0, 0, 0);
    },
    /died \(SIGSYS\):\s+told/,
  ],
  "the reason why there is no wall": [
    ({ ask, given }) => ask({ op: "unconfined", reason: given["text"] }),
    /its cell sent requests out of order/,
  ],
  "the path of a file that is missing": [
    ({ ask, given }) => [ask({ op: "missing", path: `/${given["text"]}` }), process.exit(9)],
    /died \(status 9\)/,
  ],
};

describe("a cell cannot speak to the terminal through its broker's messages:", () => {
  for (const [what, [code, shown]] of Object.entries(WAYS)) {
    testUnless(notOnLinux, what, async () => {
      const program = javascriptOf([javascriptPart(code, { text })]);
      const sent = await sentToTerminal([await hostileBinary(), "-c", program]);
      expect(sent).toMatch(shown);
      expect(sent).not.toContain("\u001b]52");
      expect(sent).not.toContain("\u009b");
    });
  }

  testUnless(notOnLinux, "the hint about a file that it was not given", async () => {
    await using scratch = await scratchDirectory();
    const path = `${scratch.path}/${text}`;
    writeFileSync(path, "");
    const sent = await sentToTerminal([await builtBinary(), "-c", `open(${JSON.stringify(path)})`]);
    expect(sent).toContain("hint: ");
    expect(sent).not.toContain("\u001b]52");
    expect(sent).not.toContain("\u009b");
  });
});
