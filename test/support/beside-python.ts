import { homedir } from "node:os";
import { join } from "node:path";
import type { Obstacle } from "./loud-skip.ts";
import { runWoma } from "./woma.ts";

/** What a program printed. */
export interface BothOutputs {
  readonly woma: string;
  readonly python: string;
}

/** Runs a program of a test's by a native CPython and by woma, which is given these flags; both get the arguments. */
export async function runBeside(
  program: string,
  words: { readonly flags: readonly string[]; readonly args: readonly (string | number)[] },
): Promise<BothOutputs> {
  const python = newestPython();
  if (python === undefined) throw new Error("no python3");
  const args = words.args.map(String);
  const child = Bun.spawn([python, "-I", program, ...args], { stdout: "pipe", stderr: "pipe", timeout: 60_000 });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const woma = await runWoma([...words.flags, program, ...args]);
  return { python: stdout + stderr, woma: woma.stdout + woma.stderr };
}

export function noPython(): Obstacle {
  return newestPython() === undefined ? "needs a python3 of 3.11 or newer" : undefined;
}

/** The closer to woma's, the less the texts of its errors differ. */
function newestPython(): string | undefined {
  const managed = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  for (const minor of [14, 13, 12, 11]) {
    const pattern = new Bun.Glob(`3.${minor}.*/bin/python3`);
    const found = [Bun.which(`python3.${minor}`), ...scanned(pattern, managed), Bun.which("python3")];
    for (const path of found) if (path !== null && isVersion(path, minor)) return path;
  }
  return undefined;
}

function scanned(pattern: Bun.Glob, directory: string): string[] {
  try {
    return [...pattern.scanSync({ cwd: directory, absolute: true })];
  } catch {
    // There is none.
    return [];
  }
}

function isVersion(path: string, minor: number): boolean {
  const code = `import sys; sys.exit(sys.version_info[:2] != (3, ${minor}))`;
  return Bun.spawnSync([path, "-c", code], { stdout: "ignore", stderr: "ignore" }).exitCode === 0;
}
