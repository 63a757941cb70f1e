import { close, fsync, openSync, renameSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PackageFile } from "../package-file.ts";
import { describeFileError } from "./cache-error.ts";
import { FolderFault, inFolder } from "./folder.ts";

/** Gives a finished download its name in the cache, and has the disk keep that. Null, or why that cannot be. */
export async function moveIntoPlace(
  cacheDirectory: string,
  partialName: string,
  { sha256, fileName }: Pick<PackageFile, "sha256" | "fileName">,
): Promise<string | null> {
  let problem: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const synced = inFolder(cacheDirectory, ["partial-v1"], "writing", (from) =>
        inFolder(cacheDirectory, ["wheels-v1", sha256], "writing", (to) => {
          renameSync(join(from.path, partialName), join(to.path, fileName));
          // Opened before the folder is closed.
          return syncDirectory(to.path);
        }),
      );
      await synced.catch(() => {});
      return null;
    } catch (error) {
      problem = error;
      // Another process may have removed the empty directory.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") break;
    }
  }
  return problem instanceof FolderFault ? problem.message : describeFileError(problem);
}

const ATTEMPTS = 5;

async function syncDirectory(path: string): Promise<void> {
  const fd = openSync(path, "r");
  await promisify(fsync)(fd).finally(() => promisify(close)(fd));
}
