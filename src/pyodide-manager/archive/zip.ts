import { findDirectory } from "./zip-directory.ts";
import type { ReadAt, ZipEntry } from "./zip-entry.ts";
import { ZipFormatError } from "./zip-format-error.ts";
import { readLocalHeader } from "./zip-local-header.ts";
import { decodeName } from "./zip-name.ts";

/**
 * The members, in the order of the archive's directory. Throws ZipFormatError for what is no zip archive, a broken one,
 * or one that uses what woma does not: encryption, other methods than deflate, several disks.
 */
export function readZip(read: ReadAt, size: number): ZipEntry[] {
  const place = findDirectory(read, size);
  const directory = read(place.offset, place.bytes);
  if (directory.length !== place.bytes) throw new ZipFormatError("its directory is cut off");
  const view = new DataView(directory.buffer, directory.byteOffset, directory.byteLength);
  const entries: ZipEntry[] = [];
  let position = 0;
  for (let index = 0; index < place.entries; index++) {
    const length = lengthOfEntry(view, position);
    entries.push(readEntry(directory, view, position, read));
    position += length;
  }
  if (position !== directory.length) throw new ZipFormatError("its directory has other members than it says");
  return entries;
}

const SIGNATURE = 0x02014b50;
const HEADER_BYTES = 46;
const ENCRYPTED = 1;

function lengthOfEntry(view: DataView, at: number): number {
  if (at + HEADER_BYTES > view.byteLength || view.getUint32(at, true) !== SIGNATURE) {
    throw new ZipFormatError("its directory is damaged");
  }
  const variable = view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (at + HEADER_BYTES + variable > view.byteLength) throw new ZipFormatError("its directory is damaged");
  return HEADER_BYTES + variable;
}

function readEntry(directory: Uint8Array, view: DataView, at: number, read: ReadAt): ZipEntry {
  const nameEnd = at + HEADER_BYTES + view.getUint16(at + 28, true);
  const name = decodeName(directory.subarray(at + HEADER_BYTES, nameEnd));
  const method = view.getUint16(at + 10, true);
  if ((view.getUint16(at + 8, true) & ENCRYPTED) !== 0) throw new ZipFormatError(`${name} is encrypted`);
  if (method !== 0 && method !== 8) throw new ZipFormatError(`${name} is compressed by method ${method}`);
  const narrow: Sizes = {
    bytes: view.getUint32(at + 24, true),
    compressedBytes: view.getUint32(at + 20, true),
    headerOffset: view.getUint32(at + 42, true),
  };
  const isWide = narrow.bytes === WIDE || narrow.compressedBytes === WIDE || narrow.headerOffset === WIDE;
  const extraEnd = nameEnd + view.getUint16(at + 30, true);
  const sizes = isWide ? readWideFields(directory.subarray(nameEnd, extraEnd), narrow) : narrow;
  if (method === 0 && sizes.bytes !== sizes.compressedBytes) throw new ZipFormatError(`${name} is stored in two sizes`);
  return new DirectoryEntry(name, method, sizes, view.getUint32(at + 16, true), view.getUint16(at + 40, true), read);
}

class DirectoryEntry implements ZipEntry {
  readonly bytes: number;
  readonly compressedBytes: number;
  readonly headerOffset: number;
  #dataOffset: number | undefined;

  constructor(
    readonly name: string,
    readonly method: 0 | 8,
    { bytes, compressedBytes, headerOffset }: Sizes,
    readonly crc32: number,
    readonly mode: number,
    private readonly read: ReadAt,
  ) {
    this.bytes = bytes;
    this.compressedBytes = compressedBytes;
    this.headerOffset = headerOffset;
  }

  get dataOffset(): number {
    this.#dataOffset ??= readLocalHeader(this, this.read);
    return this.#dataOffset;
  }
}

const WIDE = 0xffffffff;
const WIDE_FIELDS = 1;

interface Sizes {
  readonly bytes: number;
  readonly compressedBytes: number;
  readonly headerOffset: number;
}

/** Zip64: a field that does not fit its 32 bits has 64 in the extra fields, in this order. */
function readWideFields(extra: Uint8Array, narrow: Sizes): Sizes {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.byteLength);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== WIDE_FIELDS) continue;
    const end = at + 4 + view.getUint16(at + 2, true);
    let next = at + 4;
    const widen = (value: number): number => {
      if (value !== WIDE) return value;
      if (next + 8 > Math.min(end, extra.length)) throw new ZipFormatError("its zip64 fields are cut off");
      next += 8;
      return Number(view.getBigUint64(next - 8, true));
    };
    const bytes = widen(narrow.bytes);
    const compressedBytes = widen(narrow.compressedBytes);
    return { bytes, compressedBytes, headerOffset: widen(narrow.headerOffset) };
  }
  throw new ZipFormatError("its zip64 fields are missing");
}
