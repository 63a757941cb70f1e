import { WomaError } from "../../errors.ts";
import type { HashMismatchError } from "../download/download-error.ts";
import { readIndexSettings } from "../index/index-settings.ts";
import type { Lock } from "../lock.ts";
import type { PackageFile } from "../package-file.ts";
import type { Plan } from "./plan.ts";
import type { Requirement } from "./requirement.ts";
import type { ResolveContext } from "./resolve-context.ts";
import { lockProblem, planFromWomaLock, unlocked, WOMA_LOCK, type WomaLock } from "./woma-lock.ts";

/** What a command has of woma.lock. */
export interface LockState {
  /** Null where there is none, or none is to be used. */
  readonly womaLock?: WomaLock | null;
  /** Nothing else is taken: --locked. */
  readonly isLocked: boolean;
}

/** woma.lock's choice; null where another is to be made. Throws WomaError where none may be. */
export async function lockedPlan(
  requirements: readonly Requirement[],
  { womaLock = null, isLocked }: LockState,
  {
    lock,
    settings,
    sources,
    present,
    excludedLock,
  }: Pick<ResolveContext, "lock" | "settings" | "sources" | "present" | "excludedLock">,
): Promise<Plan | null> {
  if (womaLock === null) {
    if (!isLocked) return null;
    throw noLock();
  }
  // It names addresses without the credentials that the user's settings have for them.
  const { indexes, findLinks } = await readIndexSettings(settings.indexEnvironment, sources);
  const known = [...indexes, ...findLinks].filter((index) => index !== "default");
  const plan = planFromWomaLock(womaLock, requirements, known);
  for (const { file } of plan?.packages ?? []) checkDistributed(file, lock, womaLock.path);
  const cannotBeHad = plan?.packages.some(({ file }) => file.origin === "lock" && excludedLock.has(file.name));
  if (plan !== null && cannotBeHad && !isLocked) return null;
  if (plan !== null) return { ...plan, packages: plan.packages.filter(({ file }) => !present.has(file.name)) };
  if (!isLocked) return null;
  const missing = unlocked(womaLock, requirements).map(({ text, source }) => `${text} (${source})`);
  throw new WomaError(`${womaLock.path} was not made for ${missing.join(", ")}`, {
    hint: "write it anew with --lock in place of --locked",
  });
}

/** A lock names the distribution's files as they are, unless somebody changed it. */
function checkDistributed({ name, version, sha256, origin }: PackageFile, lock: Lock, path: string): void {
  if (origin !== "lock") return;
  const own = lock.packages.get(name);
  if (own === undefined) throw lockProblem(path, `the distribution has no ${name}`);
  if (own.version === version && own.sha256 === sha256) return;
  const [here, there] = [`${version} with sha256 ${sha256}`, `${own.version} with sha256 ${own.sha256}`];
  throw lockProblem(path, `it has ${name} ${here}, and the distribution has ${there}`);
}

/** A file is not the one that a woma.lock names, where it does name one. */
export function lockedMismatch(error: HashMismatchError, { lockedBy }: Plan): WomaError {
  if (lockedBy === undefined) return error;
  return new WomaError(`${error.message} in ${lockedBy}`, {
    hint: `the file was changed, or ${WOMA_LOCK} was: where you trust the file, write the lock anew with --lock`,
    cause: error,
  });
}

export function noLock(): WomaError {
  return new WomaError("--locked demands a woma.lock, and there is none", {
    hint: "write one with --lock, beside the program or in the current directory",
  });
}
