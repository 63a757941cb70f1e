import { join } from "node:path";
import { builtBinary } from "../../support/binary.ts";
import { hostileBinary } from "./hostile-binary.ts";
import { ownLibrary } from "./own-library.ts";
import { type Cell, type Part, toldIn } from "./parts.ts";
import { type Run, run } from "./run.ts";

/** For what runs an attack's cells, of which each may have to be killed. */
export const LONGEST_HOOK_MS = 150_000;

export type Wall = "wall" | "no wall";

/** A program in woma, which gets from Python to JavaScript. */
export function wholeCell(wall: Wall, flags: readonly string[] = []): Cell {
  return async (parts) => {
    const command = [await builtBinary(), ...words(wall, flags), await pythonOf(parts)];
    return toldBy(await run(command));
  };
}

/** JavaScript that has a cell to itself, and no interpreter beside it. */
export function bareCell(wall: Wall, flags: readonly string[] = []): Cell {
  return async (parts) => {
    const command = [await hostileBinary(), ...words(wall, flags), javascriptOf(parts)];
    return toldBy(await run(command));
  };
}

/** The same Python in a python3 that has no woma around it. */
export function nativePython(): Cell {
  return async (parts) => toldBy(await run(["python3", "-c", await pythonOf(parts)]));
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
  const misdeed = /^the cell sent .*$/m.exec(stderr)?.[0];
  if (misdeed !== undefined) return { told: toldIn(stdout), end: `killed: ${misdeed}` };
  const death = /process died \((?:status )?(\w+)\)/.exec(stderr)?.[1];
  if (death === undefined) return { told: toldIn(stdout), end: `ended: ${signal ?? exitCode} ${stderr}` };
  return { told: toldIn(stdout), end: death.startsWith("SIG") ? `killed by ${death}` : `exited with ${death}` };
}

/** What a whole cell takes for its program. */
export async function pythonOf(parts: readonly Part[]): Promise<string> {
  const code = await Bun.file(join(import.meta.dir, "attacker.py")).text();
  const pairs = parts.map(({ kind, code }) => [kind, code]);
  const library = Buffer.from(ownLibrary()).toString("base64");
  return `import json\nPARTS = json.loads(${JSON.stringify(JSON.stringify(pairs))})\nLIBRARY = "${library}"\n${code.replace("PARTS: list\nLIBRARY: str\n", "")}`;
}
