/**
 * A woma whose cells are the attacker's: command line and broker are woma's own, and so is the way in which a cell is
 * started and locked. But in place of an interpreter the cell evaluates the program as JavaScript.
 */
import { main } from "../../../src/cli/main.ts";
import { CELL_ARGUMENT } from "../../../src/protocol/messages.ts";
import { hostileCell } from "./hostile-cell.ts";

const [first, ...rest] = process.argv.slice(2);
await (first === CELL_ARGUMENT ? hostileCell(rest) : main(process.argv.slice(2)));
