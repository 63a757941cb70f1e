import type { PackageFile } from "./package-file.ts";

/** What every interpreter has: `scripts/core-pins.ts` has the same, by hash. */
export const CORE_VERSIONS: ReadonlyMap<string, string> = new Map([
  ["micropip", "0.11.1"],
  ["packaging", "26.1"],
  ["pyodide-http", "0.2.2"],
  ["resolvelib", "1.2.1"],
  ["tzdata", "2025.3"],
]);

/** Whether an interpreter has this version of the package without our doing; another one would come before it. */
export function isInCore({ name, version }: Pick<PackageFile, "name" | "version">): boolean {
  return CORE_VERSIONS.get(name) === version;
}
