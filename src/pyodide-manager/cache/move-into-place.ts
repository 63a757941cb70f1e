import { close, fsync, mkdirSync, open, renameSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { describeFileError } from "./cache-error.ts";

/** Gives a finished file its name in the cache, and has the disk keep that. Null, or why that cannot be. */
export async function moveIntoPlace(from: string, to: string): Promise<string | null> {
  let problem: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
      renameSync(from, to);
      await syncDirectory(dirname(to)).catch(() => {});
      return null;
    } catch (error) {
      problem = error;
      // Another process may have removed the empty directory.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") break;
    }
  }
  return describeFileError(problem);
}

const ATTEMPTS = 5;

async function syncDirectory(path: string): Promise<void> {
  const fd = await promisify(open)(path, "r");
  await promisify(fsync)(fd).finally(() => promisify(close)(fd));
}
