import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

export interface CachedWheel {
  readonly sha256: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly lastUsed: Date;
}

/** Everything that woma keeps in a cache; what else lies there is the user's. */
export const PARTS = [
  "snapshots",
  "wheels-v1",
  "bytecode-v1",
  "partial-v1",
  "unreachable-v1",
  "index-v1",
  "resolutions-v1",
  "removed-v1",
] as const;

/** Ordered by file name. */
export function listWheels(directory: string): readonly CachedWheel[] {
  const wheels = namesIn(join(directory, "wheels-v1")).flatMap((sha256) => {
    const place = join(directory, "wheels-v1", sha256);
    const lastUsed = lstatSync(place, { throwIfNoEntry: false })?.mtime ?? new Date(0);
    return namesIn(place).flatMap((fileName) => {
      const bytes = lstatSync(join(place, fileName), { throwIfNoEntry: false })?.size;
      return bytes === undefined ? [] : [{ sha256, fileName, bytes, lastUsed }];
    });
  });
  return wheels.sort((a, b) => (a.fileName < b.fileName ? -1 : 1));
}

/** In bytes, as the files' lengths say. */
export function sizeOf(directory: string): number {
  return PARTS.reduce((sum, part) => sum + sizeBelow(join(directory, part)), 0);
}

/** What is removed meanwhile counts nothing. */
export function sizeBelow(path: string): number {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return 0;
  if (!status.isDirectory()) return status.size;
  return namesIn(path).reduce((sum, name) => sum + sizeBelow(join(path, name)), 0);
}

/** Empty for what is no directory, or cannot be looked into. */
export function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
