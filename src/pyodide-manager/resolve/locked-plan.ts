import { WomaError } from "../../errors.ts";
import { readIndexSettings } from "../index/index-settings.ts";
import type { Plan } from "./plan.ts";
import type { Requirement } from "./requirement.ts";
import type { ResolveContext } from "./resolve-context.ts";
import { planFromWomaLock, unlocked, type WomaLock } from "./woma-lock.ts";

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
    settings,
    sources,
    present,
    excludedLock,
  }: Pick<ResolveContext, "settings" | "sources" | "present" | "excludedLock">,
): Promise<Plan | null> {
  if (womaLock === null) {
    if (!isLocked) return null;
    throw noLock();
  }
  // It names addresses without the credentials that the user's settings have for them.
  const { indexes, findLinks } = await readIndexSettings(settings.indexEnvironment, sources);
  const known = [...indexes, ...findLinks].filter((index) => index !== "default");
  const plan = planFromWomaLock(womaLock, requirements, known);
  const cannotBeHad = plan?.packages.some(({ file }) => file.origin === "lock" && excludedLock.has(file.name));
  if (plan !== null && cannotBeHad && !isLocked) return null;
  if (plan !== null) return { ...plan, packages: plan.packages.filter(({ file }) => !present.has(file.name)) };
  if (!isLocked) return null;
  const missing = unlocked(womaLock, requirements).map(({ text, source }) => `${text} (${source})`);
  throw new WomaError(`${womaLock.path} was not made for ${missing.join(", ")}`, {
    hint: "write it anew with --lock in place of --locked",
  });
}

export function noLock(): WomaError {
  return new WomaError("--locked demands a woma.lock, and there is none", {
    hint: "write one with --lock, beside the program or in the current directory",
  });
}
