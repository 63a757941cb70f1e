import { read, readSync } from "node:fs";
import { promisify } from "node:util";
import type { PackageFile } from "../package-file.ts";
import { UnsafeWheelError } from "./unsafe-wheel-error.ts";
import type { ZipEntry } from "./zip-entry.ts";
import { ZipFormatError } from "./zip-format-error.ts";

/** Lower-case hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
}

/** Feeds an open file, from its beginning, to the hash; the number of bytes. Never blocks. */
export async function hashFile(fd: number, hasher: Bun.CryptoHasher): Promise<number> {
  const buffer = new Uint8Array(HASHED_AT_ONCE_BYTES);
  for (let position = 0; ; ) {
    const { bytesRead } = await readAsync(fd, buffer, 0, buffer.length, position);
    if (bytesRead === 0) return position;
    hasher.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}

/** Of an open file from its beginning, which is read at once: some milliseconds for what is in memory. */
export function sha256Now(fd: number): string {
  const hasher = new Bun.CryptoHasher("sha256");
  const buffer = new Uint8Array(HASHED_AT_ONCE_BYTES);
  for (let position = 0, count = -1; count !== 0; position += count) {
    count = readSync(fd, buffer, 0, buffer.length, position);
    hasher.update(buffer.subarray(0, count));
  }
  return hasher.digest("hex");
}

const HASHED_AT_ONCE_BYTES = 1024 * 1024;
const readAsync = promisify(read);

/**
 * Refuses an archive that would put something outside of its package, or hide something, or unpack to more than a
 * program could want. Throws UnsafeWheelError. `archiveBytes` is the archive's own size.
 */
export function checkArchive(file: PackageFile, entries: readonly ZipEntry[], archiveBytes: number): void {
  const refuse = (reason: string): never => {
    throw new UnsafeWheelError(file.fileName, reason);
  };
  for (const { name, mode, bytes } of entries) {
    const fault = faultOfName(name) ?? faultOfKind(name, mode, bytes);
    if (fault !== undefined) refuse(fault);
  }
  const fault = faultOfNames(entries) ?? faultOfSizes(entries, archiveBytes) ?? faultOfPlaces(entries, archiveBytes);
  if (fault !== undefined) refuse(fault);
}

/** Looks at each member's own header, which `checkArchive` leaves alone. Throws UnsafeWheelError. */
export function checkMembers(file: PackageFile, entries: readonly ZipEntry[], archiveBytes: number): void {
  try {
    const fault = faultOfOverlap(
      entries,
      ({ dataOffset, compressedBytes }) => dataOffset + compressedBytes,
      archiveBytes,
    );
    if (fault !== undefined) throw new ZipFormatError(fault);
  } catch (error) {
    if (!(error instanceof ZipFormatError)) throw error;
    throw new UnsafeWheelError(file.fileName, error.message);
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const UNPRINTABLE = /[\\\x00-\x1f\x7f]/;
const SUSPICIOUS_PART = /^\.|^\/|\/\.|\/\//;

function faultOfName(name: string): string | undefined {
  if (name.length > HARMLESS_LENGTH) {
    const bytes = Buffer.byteLength(name);
    if (bytes > LONGEST_PATH_BYTES) return `it holds a path of ${bytes} bytes, over ${LONGEST_PATH_BYTES}`;
    const longest = Math.max(...name.split("/").map((part) => Buffer.byteLength(part)));
    if (longest > LONGEST_NAME_BYTES) return `it holds a name of ${longest} bytes, over ${LONGEST_NAME_BYTES}`;
  }
  if (/^\/|^[A-Za-z]:/.test(name)) return `it holds an absolute path: ${JSON.stringify(name)}`;
  if (UNPRINTABLE.test(name)) return `it holds a name with a backslash or a control character: ${JSON.stringify(name)}`;
  if (name !== "" && !SUSPICIOUS_PART.test(name)) return undefined;
  const parts = name.replace(/\/$/, "").split("/");
  if (parts.includes("..")) return `it holds a path that leads out of it: ${JSON.stringify(name)}`;
  if (parts.includes("") || parts.includes(".")) return `it holds a path with an empty part: ${JSON.stringify(name)}`;
  return undefined;
}

/** What file systems take. */
const LONGEST_NAME_BYTES = 255;
const LONGEST_PATH_BYTES = 4096;
/** A character has three bytes at most, as JavaScript counts. */
const HARMLESS_LENGTH = LONGEST_NAME_BYTES / 3;

const TYPE_BITS = 0o170000;
const KINDS: ReadonlyMap<number, string> = new Map([
  [0o120000, "a symbolic link"],
  [0o010000, "a pipe"],
  [0o020000, "a device"],
  [0o060000, "a device"],
  [0o140000, "a socket"],
]);

function faultOfKind(name: string, mode: number, bytes: number): string | undefined {
  const type = mode & TYPE_BITS;
  const isDirectory = name.endsWith("/");
  if (isDirectory && bytes > 0) return `it holds a directory with contents: ${JSON.stringify(name)}`;
  if (type === 0 || type === (isDirectory ? 0o040000 : 0o100000)) return undefined;
  return `it holds ${KINDS.get(type) ?? "a member of two kinds"}: ${JSON.stringify(name)}`;
}

/** Names must be different for every file system, one that ignores case included, and no file may be a directory too. */
function faultOfNames(entries: readonly ZipEntry[]): string | undefined {
  const files = new Map<string, string>();
  const directories = new Set<string>();
  for (const { name } of entries) {
    const parents = name.slice(0, name.lastIndexOf("/") + 1);
    for (let at = parents.length; at > 0 && !directories.has(parents.slice(0, at)); ) {
      directories.add(parents.slice(0, at));
      at = parents.lastIndexOf("/", at - 2) + 1;
    }
    if (name.length === parents.length) continue;
    const folded = name.normalize("NFC").toLowerCase();
    const other = files.get(folded);
    if (other === name) return `it holds ${JSON.stringify(name)} twice`;
    if (other !== undefined)
      return `it holds ${JSON.stringify(other)} and ${JSON.stringify(name)}, which differ by case only`;
    files.set(folded, name);
  }
  for (const directory of directories) {
    const name = directory.slice(0, -1);
    if (files.get(name.normalize("NFC").toLowerCase()) === name) {
      return `it holds ${JSON.stringify(name)} as a file and as a directory`;
    }
  }
  return undefined;
}

/** Of all members together, unpacked. */
const MAXIMUM_BYTES = 4e9;
/** Deflate cannot do better than 1032 to 1. */
const DEFLATE_RATIO = 1032;
/** Packages unpack to some 4 times their size; above this a small archive is a bomb. */
const MAXIMUM_RATIO = 100;
const HARMLESS_BYTES = 100e6;

function faultOfSizes(entries: readonly ZipEntry[], archiveBytes: number): string | undefined {
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > MAXIMUM_BYTES) return `it would unpack to ${total} bytes, over ${MAXIMUM_BYTES}`;
  const liar = entries.find(({ bytes, compressedBytes }) => bytes > (compressedBytes + 1) * DEFLATE_RATIO);
  if (liar !== undefined) return `${JSON.stringify(liar.name)} cannot unpack to ${liar.bytes} bytes`;
  if (total > HARMLESS_BYTES && total > archiveBytes * MAXIMUM_RATIO) {
    return `it would unpack to ${Math.round(total / archiveBytes)} times its size`;
  }
  return undefined;
}

const SMALLEST_HEADER_BYTES = 30;

function faultOfPlaces(entries: readonly ZipEntry[], archiveBytes: number): string | undefined {
  const endOf = ({ headerOffset, compressedBytes }: ZipEntry) => headerOffset + SMALLEST_HEADER_BYTES + compressedBytes;
  return faultOfOverlap(entries, endOf, archiveBytes);
}

function faultOfOverlap(
  entries: readonly ZipEntry[],
  endOf: (entry: ZipEntry) => number,
  archiveBytes: number,
): string | undefined {
  const isInOrder = entries.every((entry, index) => entry.headerOffset >= (entries[index - 1]?.headerOffset ?? 0));
  const sorted = isInOrder ? entries : entries.toSorted((a, b) => a.headerOffset - b.headerOffset);
  const next = (index: number) => sorted[index + 1]?.headerOffset ?? archiveBytes;
  const overlapping = sorted.find((entry, index) => endOf(entry) > next(index));
  return overlapping === undefined ? undefined : `${JSON.stringify(overlapping.name)} overlaps what follows it`;
}
