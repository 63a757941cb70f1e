import { closeSync, readSync } from "node:fs";
import { UnsafeWheelError } from "../archive/unsafe-wheel-error.ts";
import { checkArchive } from "../archive/verify.ts";
import { readZip } from "../archive/zip.ts";
import type { ReadAt, ZipEntry } from "../archive/zip-entry.ts";
import { ZipFormatError } from "../archive/zip-format-error.ts";
import type { PackageFile } from "../package-file.ts";

/** A verified archive that stays as it is for as long as it is open, whatever becomes of the cache. */
export interface OpenWheel {
  readonly file: PackageFile;
  readonly sizeBytes: number;
  /** Read and checked when first asked for. Throws UnsafeWheelError. */
  readonly entries: readonly ZipEntry[];
  /** Fills `target` from a position on; the number of bytes, fewer only at the end. */
  readAt(target: Uint8Array, position: number): number;
  close(): void;
}

/** An archive on the disk, whose descriptor it closes in the end. */
export function openWheelFile(file: PackageFile, fd: number, sizeBytes: number): OpenWheel {
  return new Wheel(
    file,
    sizeBytes,
    (target, position) => readFully(fd, target, position),
    () => closeSync(fd),
  );
}

/** An archive in memory. */
export function openWheelBytes(file: PackageFile, bytes: Uint8Array): OpenWheel {
  const readAt = (target: Uint8Array, position: number) => {
    const part = bytes.subarray(position, position + target.length);
    target.set(part);
    return part.length;
  };
  return new Wheel(file, bytes.length, readAt, () => {});
}

class Wheel implements OpenWheel {
  #entries: readonly ZipEntry[] | undefined;
  #isOpen = true;

  constructor(
    readonly file: PackageFile,
    readonly sizeBytes: number,
    readonly readAt: OpenWheel["readAt"],
    private readonly release: () => void,
  ) {}

  get entries(): readonly ZipEntry[] {
    this.#entries ??= readEntries(this.file, this.readAt, this.sizeBytes);
    return this.#entries;
  }

  close(): void {
    if (this.#isOpen) this.release();
    this.#isOpen = false;
  }
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
