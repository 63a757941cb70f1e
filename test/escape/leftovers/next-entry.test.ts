/**
 * The attacker leaves something behind for the next one to run: a patched prototype that reads along, names, files,
 * bytes in memory. With --reset-globals each entry at the prompt is another's.
 */

import { expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { builtBinary } from "../../support/binary.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { scratchDirectory } from "../../support/woma.ts";
import { pythonOf } from "../support/cells.ts";
import { javascriptPart, pythonPart, toldIn } from "../support/parts.ts";
import { run } from "../support/run.ts";

const leave = [
  javascriptPart(() => {
    Object.assign(globalThis, { left: "left" });
    Object.assign(Array.prototype, { left: "left" });
    Math.cbrt = () => 42;
    setInterval(() => {}, 10);
    return process.pid;
  }, {}),
  pythonPart(
    `
import builtins, os, sys
builtins.left = sys.left = os.environ["LEFT"] = "left"
sys.modules["left"] = sys
open("/tmp/left", "w").write("left")
builtins.memory = bytearray(b"left in memory" * 1000)
len`,
    {},
  ),
];

const look = [
  javascriptPart(() => {
    const found = globalThis as { left?: string };
    return [found.left, ([] as { left?: string }).left, Math.cbrt(0) === 42].map(String);
  }, {}),
  javascriptPart(() => process.pid, {}),
  pythonPart(
    `
import builtins, os, sys
[hasattr(builtins, "left"), hasattr(sys, "left"), "LEFT" in os.environ, "left" in sys.modules, os.path.exists("/tmp/left")]`,
    {},
  ),
];

async function secondEntry(flags: readonly string[]): Promise<{ told: string[]; samePid: boolean }> {
  await using scratch = await scratchDirectory();
  writeFileSync(`${scratch.path}/leave.py`, await pythonOf(leave));
  writeFileSync(`${scratch.path}/look.py`, await pythonOf(look));
  const entry = (name: string) => `exec(open(${JSON.stringify(`${scratch.path}/${name}`)}).read())\n`;
  const words = ["-q", "-i", "--allow-read", scratch.path, ...flags];
  const { stdout } = await run([await builtBinary(), ...words], { stdin: entry("leave.py") + entry("look.py") });
  const [pid, , globals = "", laterPid, names = ""] = toldIn(stdout);
  return { told: [globals, names], samePid: pid === laterPid };
}

testUnless(notOnLinux, "a cell cannot leave anything to the next entry under --reset-globals", async () => {
  expect(await secondEntry(["--reset-globals"])).toEqual({
    told: ["undefined,undefined,false", "[False, False, False, False, False]"],
    samePid: false,
  });
});

testUnless(notOnLinux, "control: the entries of an ordinary prompt share one interpreter", async () => {
  expect(await secondEntry([])).toEqual({
    told: ["left,left,true", "[True, True, True, True, True]"],
    samePid: true,
  });
});
