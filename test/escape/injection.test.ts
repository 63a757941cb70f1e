/**
 * The way from Python to JavaScript by which this suite attacks a whole cell. It is no promise of woma's that there is
 * one, and none that there is not: the wall must hold either way. Where this fails, the attacks are made in bare cells
 * alone, until support/attacker.py knows another way.
 */
import { expect } from "bun:test";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { wholeCell } from "./support/cells.ts";
import { javascriptPart, runParts } from "./support/parts.ts";

testUnless(notOnLinux, "this suite knows a way from Python to JavaScript", async () => {
  for (const wall of ["wall", "no wall"] as const) {
    expect(await runParts(wholeCell(wall), [javascriptPart(() => 6 * 7, {})])).toEqual(["42"]);
  }
});
