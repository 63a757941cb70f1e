import type { PackageFile } from "../package-file.ts";
import type { FileCalls } from "./file-calls.ts";

/** What those who look after a cache know of it. */
export interface CacheShelf {
  readonly directory: string;
  readonly writable: boolean;
  readonly trusted: boolean;
  readonly calls: FileCalls;
  wheelPath(file: Pick<PackageFile, "sha256" | "fileName">): string;
}
