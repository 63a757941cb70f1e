import { closeSync, fstatSync, futimesSync, lstatSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import { UnsafeWheelError } from "../archive/unsafe-wheel-error.ts";
import { checkMembers, sha256Now, sha256Of } from "../archive/verify.ts";
import type { PackageFile } from "../package-file.ts";
import type { CacheShelf } from "./cache-shelf.ts";
import { inFolder } from "./folder.ts";
import { type OpenWheel, openWheelBytes, openWheelFile } from "./open-wheel.ts";
import { isPrivate } from "./path-trust.ts";
import { openWithoutWaiting } from "./regular-file.ts";
import { removeAway } from "./remove-away.ts";

/** A verified wheel of the cache, or null. One that is damaged is removed, with a note, and counts as missing. */
export function findWheel(cache: CacheShelf, file: PackageFile, note: (text: string) => void): OpenWheel | null {
  // Sees to it that the names are ones for files.
  cache.wheelPath(file);
  const fd = openIfThere(cache, file);
  if (fd === null) return null;
  const wheel = openCached(cache, file, fd);
  if (typeof wheel !== "string") return wheel;
  note(`${file.fileName} in the cache is damaged (${wheel}): it is not used`);
  if (cache.writable) removeAway(cache.directory, ["wheels-v1"], file.sha256);
  return null;
}

/** Whether nobody but this user and root can write to a wheel's open file, nor could before. */
export function isOutOfReach(cache: CacheShelf, file: PackageFile, fd: number): boolean {
  const directory = lstatSync(dirname(cache.wheelPath(file)), { throwIfNoEntry: false });
  return cache.trusted && isPrivate(fstatSync(fd)) && (directory === undefined || isPrivate(directory));
}

/** No link is followed: it would lead to what others may change. */
function openIfThere(cache: CacheShelf, { sha256, fileName }: PackageFile): number | null {
  try {
    return inFolder(cache.directory, ["wheels-v1", sha256], "reading", (folder) => {
      const fd = openWithoutWaiting(join(folder.path, fileName));
      if (cache.writable) touch(folder.fd);
      return fd;
    });
  } catch {
    return null;
  }
}

/** The wheel in an open file, or what is wrong with it. Takes over the descriptor. */
function openCached(cache: CacheShelf, file: PackageFile, fd: number): OpenWheel | string {
  let isKept = false;
  try {
    const status = fstatSync(fd);
    if (!status.isFile()) return "it is no file";
    if (file.bytes !== null && file.bytes !== status.size) return `it has ${status.size} bytes, not ${file.bytes}`;
    if (file.bytes === null && status.size > LARGEST_WHEEL_BYTES) return `it has ${status.size} bytes`;
    if (!isOutOfReach(cache, file, fd)) return readVerified(file, fd);
    // One that is being evicted at this moment stays readable all the same.
    cache.calls.lockShared(fd);
    // Nobody else has written to it, but a disk may forget.
    if (sha256Now(fd) !== file.sha256) return "its sha256 is another";
    const wheel = openWheelFile(file, fd, status.size);
    // What cannot be mounted shows here.
    void wheel.entries;
    isKept = true;
    return wheel;
  } catch (error) {
    if (!(error instanceof UnsafeWheelError)) throw error;
    return error.reason;
  } finally {
    if (!isKept) closeSync(fd);
  }
}

/** Where nobody has said how large it is. */
const LARGEST_WHEEL_BYTES = 1024 ** 3;

/** A file's bytes, in memory, where nobody can change them after they were verified. Throws UnsafeWheelError. */
export function readVerified(file: PackageFile, fd: number): OpenWheel {
  const bytes = new Uint8Array(fstatSync(fd).size);
  for (let length = 0, count = -1; count !== 0 && length < bytes.length; length += count) {
    count = readSync(fd, bytes, length, bytes.length - length, length);
  }
  if (sha256Of(bytes) !== file.sha256) throw new UnsafeWheelError(file.fileName, "its sha256 is another");
  const wheel = openWheelBytes(file, bytes);
  checkMembers(file, wheel.entries, bytes.length);
  return wheel;
}

/** Often enough to know what was used last. */
const TOUCHED_EVERY_MS = 60_000;

function touch(directory: number): void {
  try {
    if (Math.abs(Date.now() - fstatSync(directory).mtimeMs) < TOUCHED_EVERY_MS) return;
    futimesSync(directory, new Date(), new Date());
  } catch {
    // Another user's.
  }
}
