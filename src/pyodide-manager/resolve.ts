import type { Cache } from "./cache.ts";
import type { Lock } from "./lock.ts";
import type { PackageFile } from "./package-file.ts";
import type { PackageSettings } from "./package-settings.ts";
import type { ProgressListener } from "./progress.ts";
import { bareName, type Requirement } from "./requirement.ts";
import type { ResolveInCell } from "./resolver-task.ts";

export interface PlannedPackage {
  readonly file: PackageFile;
  /** Names of packages, or where it was asked: `--with`. */
  readonly requiredBy: readonly string[];
  /** `index instead of lock`: the lock has the package, and this is another file of it. */
  readonly why: "lock" | "index" | "index instead of lock";
}

/** What is to be fetched and mounted: each package after what it depends on, where that can be. */
export interface Plan {
  readonly packages: readonly PlannedPackage[];
  /** What the user should know of the choice. */
  readonly notes: readonly string[];
}

export interface ResolveContext {
  readonly lock: Lock;
  readonly settings: PackageSettings;
  /** Keeps index pages and resolutions; null for none. */
  readonly cache: Cache | null;
  /** What the interpreter has already, by normalized name: it stays as it is, and is in no plan. */
  readonly present: ReadonlyMap<string, string>;
  /** Packages of the lock whose files cannot be had: the index is asked for them. */
  readonly excludedLock: ReadonlySet<string>;
  /** Runs the solver. */
  readonly resolveInCell: ResolveInCell;
  readonly progress: ProgressListener;
  readonly signal: AbortSignal;
}

/**
 * Chooses a file for each requirement and for what these need in turn. Throws a WomaError that says who asks for what
 * when that cannot be done.
 */
export async function resolve(requirements: readonly Requirement[], context: ResolveContext): Promise<Plan> {
  const plan = planFromLock(requirements, context);
  if (plan !== null) return plan;
  throw new Error("not made yet");
}

/** The lock's own choice, when nothing but names of its packages was asked for: no index and no solver is needed. */
export function planFromLock(
  requirements: readonly Requirement[],
  { lock, present, excludedLock }: Pick<ResolveContext, "lock" | "present" | "excludedLock">,
): Plan | null {
  const sources = new Map<string, string[]>();
  for (const requirement of requirements) {
    const name = bareName(requirement);
    if (name === null) return null;
    if (present.has(name)) continue;
    if (lock.packages.get(name)?.kind !== "package") return null;
    sources.set(name, [...(sources.get(name) ?? []), requirement.source]);
  }
  const closure = lock.closure(sources.keys()).filter(({ name }) => !present.has(name));
  if (closure.some(({ name }) => excludedLock.has(name))) return null;
  const packages = closure.map(({ name }) => ({
    file: lock.fileOf(name),
    requiredBy: [
      ...new Set([
        ...(sources.get(name) ?? []),
        ...closure.filter(({ depends }) => depends.includes(name)).map((dependent) => dependent.name),
      ]),
    ],
    why: "lock" as const,
  }));
  return { packages, notes: [] };
}
