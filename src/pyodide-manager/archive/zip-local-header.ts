import type { ReadAt, ZipEntry } from "./zip-entry.ts";
import { ZipFormatError } from "./zip-format-error.ts";

/**
 * Where a member's contents begin, behind its own header. Throws ZipFormatError when that header says something else
 * than the archive's directory: whoever reads by the one would see another file than whoever reads by the other.
 */
export function readLocalHeader(entry: Omit<ZipEntry, "dataOffset">, read: ReadAt): number {
  const expectedName = Buffer.from(entry.name);
  const header = read(entry.headerOffset, HEADER_BYTES + expectedName.length);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (header.length < HEADER_BYTES || view.getUint32(0, true) !== SIGNATURE) {
    throw new ZipFormatError(`${entry.name} is not where the directory says`);
  }
  const nameBytes = view.getUint16(26, true);
  const flags = view.getUint16(6, true);
  const sizes = [view.getUint32(18, true), view.getUint32(22, true)] as const;
  // They may come behind the contents instead, and in zip64 stand elsewhere in the header.
  const sizesAreHere = (flags & SIZES_FOLLOW) === 0 && sizes[0] !== WIDE && sizes[1] !== WIDE;
  const agrees =
    nameBytes === expectedName.length &&
    expectedName.equals(header.subarray(HEADER_BYTES)) &&
    view.getUint16(8, true) === entry.method &&
    (flags & ENCRYPTED) === 0 &&
    ((flags & SIZES_FOLLOW) !== 0 || view.getUint32(14, true) === entry.crc32) &&
    (!sizesAreHere || (sizes[0] === entry.compressedBytes && sizes[1] === entry.bytes));
  if (!agrees) throw new ZipFormatError(`${entry.name} has two descriptions that differ`);
  return entry.headerOffset + HEADER_BYTES + nameBytes + view.getUint16(28, true);
}

const SIGNATURE = 0x04034b50;
const HEADER_BYTES = 30;
const ENCRYPTED = 1;
const SIZES_FOLLOW = 8;
const WIDE = 0xffffffff;
