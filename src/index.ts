#!/usr/bin/env bun
/** The role switch: woma's one executable is the command line, and re-executed with this argument, a cell. */
import { CELL_ARGUMENT } from "./protocol/messages.ts";

const [first, brokerPid, snapshotPath] = process.argv.slice(2);

if (first === CELL_ARGUMENT) {
  const cell = await import("./cell/main.ts");
  await cell.main(brokerPid, snapshotPath);
} else {
  const commandLine = await import("./cli/main.ts");
  await commandLine.main(process.argv.slice(2));
}
