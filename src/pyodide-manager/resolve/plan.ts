import type { PackageFile } from "../package-file.ts";

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
  /** The woma.lock that it is out of. */
  readonly lockedBy?: string;
}
