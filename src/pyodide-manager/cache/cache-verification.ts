import { closeSync } from "node:fs";
import { join } from "node:path";
import { hashFile } from "../archive/verify.ts";
import { listWheels } from "./cache-contents.ts";
import { describeFileError } from "./cache-error.ts";
import type { CacheShelf } from "./cache-shelf.ts";
import { FolderFault, inFolder } from "./folder.ts";
import { openWithoutWaiting, regularSize, UnreadableFile } from "./regular-file.ts";
import { removeAway } from "./remove-away.ts";

interface DamagedFile {
  readonly path: string;
  /** A clause: "its sha256 is another". */
  readonly reason: string;
  readonly removed: boolean;
}

export interface Verification {
  readonly files: number;
  readonly bytes: number;
  readonly damaged: readonly DamagedFile[];
}

/**
 * Compares every wheel with its hash, and removes what is damaged; a part of the cache that is none counts as a file
 * that is damaged. Throws the signal's reason when it is aborted.
 */
export async function verifyWheels(cache: CacheShelf, signal: AbortSignal): Promise<Verification> {
  const wheels = listWheels(cache.directory);
  const damaged: DamagedFile[] = [...cache.faults].map(([part, fault]) => {
    return { path: join(cache.directory, part), reason: fault.replace(`its ${part}`, "it"), removed: false };
  });
  let bytes = 0;
  for (const { sha256, fileName } of wheels) {
    signal.throwIfAborted();
    const looked = await lookAt(cache.directory, sha256, fileName);
    bytes += looked.bytes;
    if (looked.fault === null) continue;
    const path = join(cache.directory, "wheels-v1", sha256, fileName);
    damaged.push({ path, reason: looked.fault, removed: removeAway(cache.directory, ["wheels-v1"], sha256) });
  }
  return { files: wheels.length + cache.faults.size, bytes, damaged };
}

async function lookAt(
  directory: string,
  sha256: string,
  fileName: string,
): Promise<{ bytes: number; fault: string | null }> {
  let fd: number;
  try {
    fd = inFolder(directory, ["wheels-v1", sha256], "reading", ({ path }) => openWithoutWaiting(join(path, fileName)));
  } catch (error) {
    if (error instanceof FolderFault) return { bytes: 0, fault: error.message };
    const { code } = error as NodeJS.ErrnoException;
    // Removed by another process meanwhile.
    if (code === "ENOENT") return { bytes: 0, fault: null };
    return { bytes: 0, fault: code === "ELOOP" ? "it is a link" : describeFileError(error) };
  }
  try {
    regularSize(fd, Number.POSITIVE_INFINITY);
    const hasher = new Bun.CryptoHasher("sha256");
    const bytes = await hashFile(fd, hasher);
    return { bytes, fault: hasher.digest("hex") === sha256 ? null : "its sha256 is another" };
  } catch (error) {
    if (error instanceof UnreadableFile) return { bytes: 0, fault: error.message };
    return { bytes: 0, fault: describeFileError(error) };
  } finally {
    closeSync(fd);
  }
}
