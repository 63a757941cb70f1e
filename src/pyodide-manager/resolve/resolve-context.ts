import type { Cache } from "../cache/cache.ts";
import type { Patience } from "../download/patience.ts";
import type { PackageSources } from "../index/pip-settings.ts";
import type { Lock } from "../lock.ts";
import type { PackageSettings } from "../package-settings.ts";
import type { ProgressListener } from "../progress.ts";
import type { Requirement } from "./requirement.ts";
import type { ResolveInCell } from "./resolver-task.ts";

/** What requirements are resolved with. */
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
  /** Its reason is thrown when it is aborted. */
  readonly signal: AbortSignal;
  /** Versions of packages, should they be needed: `-c`. */
  readonly constraints?: readonly Requirement[];
  /** What a requirements file says of indexes, which comes before the user's settings. */
  readonly sources?: Partial<PackageSources>;
  /** USUAL_PATIENCE where it is left out. */
  readonly patience?: Patience;
}
