/** The attacker asks for what was typed at earlier prompts, which may hold passwords, and adds lines of its own. */

import { expect } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { builtBinary } from "../../support/binary.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { javascriptOf, pythonOf } from "../support/cells.ts";
import { hostileBinary } from "../support/hostile-binary.ts";
import { javascriptPart, toldIn } from "../support/parts.ts";
import { run } from "../support/run.ts";
import { scratchForFile } from "../support/scratch.ts";

const state = scratchForFile();
const file = `${state}/woma/history`;
mkdirSync(`${state}/woma`);
writeFileSync(file, "password = 'hunter2'\n");

const ask = javascriptPart(
  ({ ask }) => JSON.stringify([ask({ op: "history-append" }, [120, 10]), ask({ op: "history-load" })]),
  {},
);

testUnless(notOnLinux, "a cell cannot have a prompt's history without a prompt", async () => {
  for (const command of [
    [await hostileBinary(), "-c", javascriptOf([ask])],
    [await builtBinary(), "-c", await pythonOf([ask])],
  ]) {
    const { stdout } = await run(command, { env: { XDG_STATE_HOME: state } });
    expect(JSON.parse(toldIn(stdout)[0] ?? "")).toEqual([{}, {}]);
    expect(readFileSync(file, "utf8")).toBe("password = 'hunter2'\n");
  }
});

testUnless(notOnLinux, "control: where there is a prompt, a cell has its history", async () => {
  // -i opens one after the program.
  const { stdout } = await run([await hostileBinary(), "-i", "-c", javascriptOf([ask])], {
    env: { XDG_STATE_HOME: state },
  });
  expect(toldIn(stdout)[0]).toContain("hunter2");
});
