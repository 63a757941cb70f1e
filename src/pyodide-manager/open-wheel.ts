import { closeSync, readSync } from "node:fs";
import type { PackageFile } from "./package-file.ts";
import { UnsafeWheelError } from "./unsafe-wheel-error.ts";
import { checkArchive } from "./verify.ts";
import { readZip } from "./zip.ts";
import type { ReadAt, ZipEntry } from "./zip-entry.ts";
import { ZipFormatError } from "./zip-format-error.ts";

/** A verified archive that stays as it is for as long as it is open, whatever becomes of the cache. */
export interface OpenWheel {
  readonly file: PackageFile;
  readonly sizeBytes: number;
  readonly entries: readonly ZipEntry[];
  /** Fills `target` from a position on; the number of bytes, fewer only at the end. */
  readAt(target: Uint8Array, position: number): number;
  close(): void;
}

/** An archive on the disk, whose descriptor it closes in the end. Throws UnsafeWheelError. */
export function openWheelFile(file: PackageFile, fd: number, sizeBytes: number): OpenWheel {
  const readAt = (target: Uint8Array, position: number) => readFully(fd, target, position);
  return { file, sizeBytes, entries: readEntries(file, readAt, sizeBytes), readAt, close: once(() => closeSync(fd)) };
}

/** An archive in memory. Throws UnsafeWheelError. */
export function openWheelBytes(file: PackageFile, bytes: Uint8Array): OpenWheel {
  const readAt = (target: Uint8Array, position: number) => {
    const part = bytes.subarray(position, position + target.length);
    target.set(part);
    return part.length;
  };
  return { file, sizeBytes: bytes.length, entries: readEntries(file, readAt, bytes.length), readAt, close: () => {} };
}

function readEntries(file: PackageFile, readAt: OpenWheel["readAt"], sizeBytes: number): readonly ZipEntry[] {
  const read: ReadAt = (position, length) => {
    const target = new Uint8Array(Math.max(0, Math.min(length, sizeBytes - position)));
    return target.subarray(0, readAt(target, position));
  };
  // The distribution's packages of tests, which nothing imports: kept, but not mounted.
  if (file.fileName.endsWith(".tar")) return [];
  try {
    const entries = readZip(read, sizeBytes);
    checkArchive(file, entries, sizeBytes);
    return entries;
  } catch (error) {
    if (!(error instanceof ZipFormatError)) throw error;
    throw new UnsafeWheelError(file.fileName, error.message);
  }
}

function readFully(fd: number, target: Uint8Array, position: number): number {
  let length = 0;
  while (length < target.length) {
    const count = readSync(fd, target, length, target.length - length, position + length);
    if (count === 0) break;
    length += count;
  }
  return length;
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
