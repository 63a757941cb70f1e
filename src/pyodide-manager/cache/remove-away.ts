import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "./folder.ts";

/**
 * Removes a file or directory of the cache so that no process ever sees a half of it: first it goes to where nobody
 * looks. `names` lead to the directory that it is in. Whether it is gone.
 */
export function removeAway(cacheDirectory: string, names: readonly string[], name: string): boolean {
  const away = `${process.pid}-${crypto.randomUUID()}`;
  try {
    return inFolder(cacheDirectory, ["removed-v1"], "writing", (removed) => {
      inFolder(cacheDirectory, names, "reading", (folder) => {
        renameSync(join(folder.path, name), join(removed.path, away));
      });
      removeNow(join(removed.path, away));
      return true;
    });
  } catch {
    return false;
  }
}

/** A directory with all that is in it, a link itself. */
export function removeNow(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Another user's.
  }
}
