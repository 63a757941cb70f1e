#!/usr/bin/env bun
/** The role switch: woma's one executable is the command line, and re-executed with this argument, a cell. */
import { CELL_ARGUMENT, type CellStage } from "./protocol/messages.ts";

const LAUNCH: CellStage = "launch";
const [first, ...rest] = process.argv.slice(2);

if (first === CELL_ARGUMENT) {
  if (rest[1] === LAUNCH) (await import("./cell/launch.ts")).launch(rest);
  const cell = await import("./cell/main.ts");
  await cell.main(rest);
} else {
  const commandLine = await import("./cli/main.ts");
  await commandLine.main(process.argv.slice(2));
}
