/** The attacker has the broker nag: hints that ask for more rights, until the user gives in or sees nothing else. */

import { expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { javascriptOf } from "../support/cells.ts";
import { hostileBinary } from "../support/hostile-binary.ts";
import { sentToTerminal } from "../support/on-terminal.ts";
import { javascriptPart } from "../support/parts.ts";
import { scratchForFile } from "../support/scratch.ts";

const file = `${scratchForFile()}/file`;
writeFileSync(file, "");
const MANY = 500;

const nag = javascriptPart(
  ({ ask, given }) => {
    for (let count = 0; count < Number(given["many"]); count++) ask({ op: "missing", path: given["file"] });
  },
  { file, many: MANY },
);

testUnless(notOnLinux, "a cell cannot flood the terminal with hints that its broker gives", async () => {
  const sent = await sentToTerminal([await hostileBinary(), "-c", javascriptOf([nag])]);
  const hints = sent.split("hint: ").length - 1;
  expect(hints).toBeGreaterThan(0);
  expect(hints).toBeLessThan(MANY / 10);
});
