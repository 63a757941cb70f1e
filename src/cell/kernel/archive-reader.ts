import { inflateRawSync } from "node:zlib";
import type { ArchiveEntry, ArchiveListing } from "../../protocol/archive-listing.ts";
import { NO_BYTES } from "../../protocol/framing.ts";
import { EIO } from "../errno.ts";
import { readPieces } from "./read-pieces.ts";
import type { Kernel } from "./request.ts";

const LOCAL_HEADER_BYTES = 30;
/** What a local header has behind its fixed part is short; with this much, most files are one request. */
const HEADER_ALLOWANCE_BYTES = 512;
/** A round trip takes longer than the bytes, while both processors are busy. */
const READ_AHEAD_BYTES = 512 * 1024;

/** A file and the archive that it is in. */
export interface ArchivedFile {
  readonly archive: number;
  readonly entry: ArchiveEntry;
}

/** Files out of the broker's zip archives, unpacked here: what is in them is not the broker's business. */
export class ArchiveReader {
  readonly #readAhead = new Set<number>();
  /** What was read last of those that are read ahead, and what lies behind it. */
  #ahead: { archive: number; position: number; bytes: Uint8Array } = { archive: -1, position: 0, bytes: NO_BYTES };

  constructor(private readonly kernel: Kernel) {}

  list(archive: number): ArchiveListing {
    return new TextDecoder().decode(this.kernel.ask({ op: "archive-list", archive }).bytes);
  }

  /**
   * Compiled code lies in the order in which it is needed: what comes next is asked for in the same request. Of wheels
   * nothing is read but what is wanted, since the broker has that compiled.
   */
  readAhead(archive: number): void {
    this.#readAhead.add(archive);
  }

  /** A file's contents. Throws Emscripten's error for an archive that is not as its listing says. */
  read({ archive, entry }: ArchivedFile): Uint8Array {
    const { position, compressedBytes, bytes, isCompressed } = entry;
    const guess = LOCAL_HEADER_BYTES + HEADER_ALLOWANCE_BYTES + compressedBytes;
    const read = this.#readAt(archive, position, guess);
    const header = new DataView(read.buffer, read.byteOffset, read.byteLength);
    if (read.length < LOCAL_HEADER_BYTES) throw this.kernel.error(EIO);
    const start = LOCAL_HEADER_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
    const stored =
      read.length >= start + compressedBytes
        ? read.subarray(start, start + compressedBytes)
        : this.#readAt(archive, position + start, compressedBytes);
    const contents = isCompressed ? this.#inflate(stored, bytes) : stored.slice();
    if (contents.length !== bytes) throw this.kernel.error(EIO);
    return contents;
  }

  #inflate(stored: Uint8Array, bytes: number): Uint8Array {
    try {
      return new Uint8Array(inflateRawSync(stored, { maxOutputLength: Math.max(bytes, 1) }));
    } catch {
      throw this.kernel.error(EIO);
    }
  }

  /** As much of that as the archive has. */
  #readAt(archive: number, position: number, length: number): Uint8Array {
    if (!this.#readAhead.has(archive)) return this.#request(archive, position, length);
    const start = position - this.#ahead.position;
    if (this.#ahead.archive !== archive || start < 0 || start + length > this.#ahead.bytes.length) {
      const bytes = this.#request(archive, position, Math.max(length, READ_AHEAD_BYTES));
      this.#ahead = { archive, position, bytes };
      return bytes.subarray(0, length);
    }
    return this.#ahead.bytes.subarray(start, start + length);
  }

  #request(archive: number, position: number, length: number): Uint8Array {
    const target = new Uint8Array(length);
    const filled = readPieces(this.kernel, target, (offset, part) =>
      this.kernel.ask({ op: "archive-read", archive, position: position + offset, length: part }),
    );
    return target.subarray(0, filled);
  }
}
