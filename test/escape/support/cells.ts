import { join } from "node:path";
import { builtBinary } from "../../support/binary.ts";
import { hostileBinary } from "./hostile-binary.ts";
import { type Cell, type Part, toldIn } from "./parts.ts";
import { type Run, run } from "./run.ts";

export type Wall = "wall" | "no wall";

/** A program in woma, which gets from Python to JavaScript. */
export function wholeCell(wall: Wall, flags: readonly string[] = []): Cell {
  return async (parts) => toldBy(await run([await builtBinary(), ...words(wall, flags), await attacker(parts)]));
}

/** JavaScript that has a cell to itself, and no interpreter beside it. */
export function bareCell(wall: Wall, flags: readonly string[] = []): Cell {
  return async (parts) => toldBy(await run([await hostileBinary(), ...words(wall, flags), javascriptOf(parts)]));
}

/** The same Python in a python3 that has no woma around it. */
export function nativePython(): Cell {
  return async (parts) => toldBy(await run(["python3", "-c", await attacker(parts)]));
}

/** What a bare cell takes for its program. */
export function javascriptOf(parts: readonly Part[]): string {
  return JSON.stringify(parts.map(({ code }) => code));
}

function words(wall: Wall, flags: readonly string[]): string[] {
  return [...(wall === "wall" ? [] : ["--insecure"]), ...flags, "-c"];
}

/** woma says how a cell's process died; any other end is told as it is. */
function toldBy({ stdout, stderr, exitCode, signal }: Run): Awaited<ReturnType<Cell>> {
  const death = /process died \((?:status )?(\w+)\)/.exec(stderr)?.[1];
  if (death === undefined) return { told: toldIn(stdout), end: `ended: ${signal ?? exitCode} ${stderr}` };
  return { told: toldIn(stdout), end: death.startsWith("SIG") ? `killed by ${death}` : `exited with ${death}` };
}

async function attacker(parts: readonly Part[]): Promise<string> {
  const code = await Bun.file(join(import.meta.dir, "attacker.py")).text();
  const pairs = parts.map(({ kind, code }) => [kind, code]);
  return `import json\nPARTS = json.loads(${JSON.stringify(JSON.stringify(pairs))})\n${code.replace("PARTS: list\n", "")}`;
}
