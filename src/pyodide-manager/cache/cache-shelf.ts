import type { PackageFile } from "../package-file.ts";
import type { Part } from "./cache-contents.ts";
import type { FileCalls } from "./file-calls.ts";

/** What those who look after a cache know of it. */
export interface CacheShelf {
  readonly directory: string;
  readonly writable: boolean;
  readonly trusted: boolean;
  /** Parts of it that are not used, and why: a clause, `its wheels-v1 is a link`. */
  readonly faults: ReadonlyMap<Part, string>;
  readonly calls: FileCalls;
  wheelPath(file: Pick<PackageFile, "sha256" | "fileName">): string;
}
