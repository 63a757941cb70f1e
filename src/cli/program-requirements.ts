import { dirname } from "node:path";
import type { Config } from "../config.ts";
import type { ProgressListener } from "../pyodide-manager/progress.ts";
import { noLock } from "../pyodide-manager/resolve/locked-plan.ts";
import type { Plan } from "../pyodide-manager/resolve/plan.ts";
import { type Requirement, requirement } from "../pyodide-manager/resolve/requirement.ts";
import { scriptRequirements } from "../pyodide-manager/resolve/script-metadata.ts";
import { findWomaLock, type WomaLock } from "../pyodide-manager/resolve/woma-lock.ts";
import { writeWomaLock } from "../pyodide-manager/resolve/write-woma-lock.ts";
import type { LoadedProgram } from "./program.ts";

/** What a program was asked to have from the start, and the lock that says which files that is. */
export interface ProgramRequirements {
  readonly requirements: readonly Requirement[];
  readonly womaLock: WomaLock | null;
  /** Where a new woma.lock would be written: beside the script, else in the current directory. */
  readonly lockDirectory: string;
}

/** --with and the script's own metadata. Throws WomaError for what cannot be understood. */
export function programRequirements(config: Config, { program, source }: LoadedProgram): ProgramRequirements {
  const beside = program.kind === "script" ? dirname(program.path) : config.workingDirectory;
  const metadata =
    program.kind === "script" ? scriptRequirements(new TextDecoder().decode(source), nameOf(program.path)) : [];
  const requirements = [...config.requirements.map((text) => requirement(text, "--with")), ...metadata];
  const mayBeLocked = config.lockMode !== "write" && (requirements.length > 0 || config.lockMode === "required");
  const womaLock = mayBeLocked ? findWomaLock([beside, config.workingDirectory]) : null;
  if (config.lockMode === "required" && womaLock === null) throw noLock();
  return {
    requirements,
    womaLock,
    lockDirectory: beside,
  };
}

/** Writes woma.lock, for `--locked` and for other machines. */
export async function writeLock(
  { lockDirectory, requirements }: ProgramRequirements,
  plan: Plan,
  progress: ProgressListener,
): Promise<void> {
  progress.note(`wrote ${await writeWomaLock(lockDirectory, plan, requirements)}`);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
