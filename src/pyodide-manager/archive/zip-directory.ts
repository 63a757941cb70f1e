import type { ReadAt } from "./zip-entry.ts";
import { ZipFormatError } from "./zip-format-error.ts";

/** More than any package has. */
const MAXIMUM_ENTRIES = 100_000;

/** Where an archive's directory lies, and how many members it lists. */
export interface DirectoryPlace {
  readonly offset: number;
  readonly bytes: number;
  readonly entries: number;
}

/**
 * Finds the directory by the record at the archive's end. There must be one way to read it: the record reaches to the
 * last byte, and the directory to the record. Throws ZipFormatError.
 */
export function findDirectory(read: ReadAt, size: number): DirectoryPlace {
  const tailOffset = Math.max(0, size - END_BYTES - LONGEST_COMMENT);
  const tail = read(tailOffset, size - tailOffset);
  if (tail.length !== size - tailOffset) throw new ZipFormatError("it is cut off");
  const at = findEnd(tail);
  const view = new DataView(tail.buffer, tail.byteOffset + at, END_BYTES);
  if (view.getUint16(4, true) !== 0 || view.getUint16(6, true) !== 0) throw new ZipFormatError("it has several disks");
  const narrow = {
    entries: view.getUint16(10, true),
    bytes: view.getUint32(12, true),
    offset: view.getUint32(16, true),
  };
  if (view.getUint16(8, true) !== narrow.entries) throw new ZipFormatError("it has several disks");
  const isWide = narrow.entries === 0xffff || narrow.bytes === 0xffffffff || narrow.offset === 0xffffffff;
  const endOffset = tailOffset + at;
  const wide = isWide ? readWideEnd(read, endOffset) : null;
  const place = wide?.place ?? narrow;
  if (place.offset + place.bytes !== (wide?.offset ?? endOffset)) {
    throw new ZipFormatError("its directory is not where it says");
  }
  if (place.entries > MAXIMUM_ENTRIES) throw new ZipFormatError(`it has more than ${MAXIMUM_ENTRIES} members`);
  return place;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;

function findEnd(tail: Uint8Array): number {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END_SIGNATURE) continue;
    if (at + END_BYTES + view.getUint16(at + 20, true) === tail.length) return at;
    throw new ZipFormatError("its end is damaged");
  }
  throw new ZipFormatError("it is no zip archive");
}

const LOCATOR_SIGNATURE = 0x07064b50;
const LOCATOR_BYTES = 20;
const WIDE_SIGNATURE = 0x06064b50;
const WIDE_BYTES = 56;

/** Zip64: a locator before the record at the end, and before that a record with wider fields. */
function readWideEnd(read: ReadAt, endOffset: number): { place: DirectoryPlace; offset: number } {
  const offset = endOffset - LOCATOR_BYTES - WIDE_BYTES;
  const bytes = offset < 0 ? new Uint8Array(0) : read(offset, LOCATOR_BYTES + WIDE_BYTES);
  if (bytes.length !== LOCATOR_BYTES + WIDE_BYTES) throw new ZipFormatError("its zip64 end is missing");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const genuine =
    view.getUint32(0, true) === WIDE_SIGNATURE &&
    view.getUint32(WIDE_BYTES, true) === LOCATOR_SIGNATURE &&
    Number(view.getBigUint64(WIDE_BYTES + 8, true)) === offset;
  if (!genuine) throw new ZipFormatError("its zip64 end is damaged");
  const [entries, total] = [Number(view.getBigUint64(24, true)), Number(view.getBigUint64(32, true))];
  if (entries !== total) throw new ZipFormatError("it has several disks");
  return {
    place: { entries, bytes: Number(view.getBigUint64(40, true)), offset: Number(view.getBigUint64(48, true)) },
    offset,
  };
}
