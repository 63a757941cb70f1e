import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { hashFile } from "../archive/verify.ts";
import { listWheels } from "./cache-contents.ts";
import { describeFileError } from "./cache-error.ts";
import type { CacheShelf } from "./cache-shelf.ts";
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

/** Compares every wheel with its hash, and removes what is damaged. Throws the signal's reason when it is aborted. */
export async function verifyWheels(cache: CacheShelf, signal: AbortSignal): Promise<Verification> {
  const wheels = listWheels(cache.directory);
  const damaged: DamagedFile[] = [];
  let bytes = 0;
  for (const { sha256, fileName } of wheels) {
    signal.throwIfAborted();
    const path = join(cache.directory, "wheels-v1", sha256, fileName);
    const looked = await lookAt(path, sha256);
    bytes += looked.bytes;
    if (looked.fault === null) continue;
    damaged.push({ path, reason: looked.fault, removed: removeAway(cache.directory, dirname(path)) });
  }
  return { files: wheels.length, bytes, damaged };
}

async function lookAt(path: string, sha256: string): Promise<{ bytes: number; fault: string | null }> {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Removed by another process meanwhile.
    if (code === "ENOENT") return { bytes: 0, fault: null };
    return { bytes: 0, fault: code === "ELOOP" ? "it is a link" : describeFileError(error) };
  }
  try {
    if (!fstatSync(fd).isFile()) return { bytes: 0, fault: "it is no file" };
    const hasher = new Bun.CryptoHasher("sha256");
    const bytes = await hashFile(fd, hasher);
    return { bytes, fault: hasher.digest("hex") === sha256 ? null : "its sha256 is another" };
  } finally {
    closeSync(fd);
  }
}
