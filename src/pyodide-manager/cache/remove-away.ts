import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Removes a file or directory of the cache so that no process ever sees a half of it: first it goes to where nobody
 * looks. Whether it is gone.
 */
export function removeAway(cacheDirectory: string, path: string): boolean {
  const away = join(cacheDirectory, "removed-v1", `${process.pid}-${crypto.randomUUID()}`);
  try {
    mkdirSync(join(cacheDirectory, "removed-v1"), { recursive: true, mode: 0o755 });
    renameSync(path, away);
  } catch {
    return false;
  }
  rmSync(away, { recursive: true, force: true });
  return true;
}
