import { constants } from "node:os";
import { CALL_NUMBERS } from "./call-numbers.ts";
import { type Kit, type KitFacts, makeKit, told } from "./kit.ts";

/** One piece of code for a cell to run. */
export interface Part {
  readonly kind: "python" | "javascript";
  readonly code: string;
}

export function pythonPart(code: string, given: Kit["given"]): Part {
  return { kind: "python", code: `given = ${JSON.stringify(given)}\n${code}` };
}

/** The function goes as its text: it can use nothing but the kit. */
export function javascriptPart(run: (kit: Kit) => unknown, given: Kit["given"]): Part {
  const facts: KitFacts = { given, numbers: CALL_NUMBERS, errnoNames: ERRNO_NAMES };
  return { kind: "javascript", code: `(${told})(() => (${run})((${makeKit})(${JSON.stringify(facts)})))` };
}

const ERRNO_NAMES = Object.fromEntries(Object.entries(constants.errno).map(([name, number]) => [number, name]));

/** Runs parts in a cell until one ends it; what each came to, and how the cell ended. */
export type Cell = (parts: readonly Part[]) => Promise<{ readonly told: readonly string[]; readonly end: string }>;

/** What each part came to. One that ends its cell came to that end, and the next has a cell of its own. */
export async function runParts(cell: Cell, parts: readonly Part[]): Promise<string[]> {
  if (parts.length === 0) return [];
  const { told, end } = await cell(parts);
  if (told.length === parts.length) return [...told];
  return [...told, end, ...(await runParts(cell, parts.slice(told.length + 1)))];
}

/** The lines that parts have told, among others. */
export function toldIn(output: string): string[] {
  const lines = output.split("\x1e").slice(1);
  return lines.map((line) => JSON.parse(line.slice(0, line.indexOf("\n"))) as string);
}
