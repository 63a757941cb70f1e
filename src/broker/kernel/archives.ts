import { type ArchiveListing, formatListing } from "../../protocol/archive-listing.ts";

/** A zip archive that lies open; its hash was checked before. */
export interface MountedArchive {
  readonly entries: readonly ZipMember[];
  /** Fills the target as far as there is something; how far. */
  readAt(target: Uint8Array, position: number): number;
}

interface ZipMember {
  readonly name: string;
  /** 8 for deflated. */
  readonly method: 0 | 8;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly headerOffset: number;
}

/** The archives of one program, by small numbers that mean nothing to any other. */
export class ArchiveTable {
  readonly #archives: MountedArchive[] = [];

  add(archive: MountedArchive): number {
    return this.#archives.push(archive) - 1;
  }

  get(number: number): MountedArchive | undefined {
    return this.#archives[number];
  }

  /** An archive's files; undefined when there is no such archive. */
  list(number: number): ArchiveListing | undefined {
    const archive = this.get(number);
    if (archive === undefined) return undefined;
    return formatListing(
      archive.entries.map(({ name, method, compressedBytes, bytes, headerOffset }) => ({
        path: name,
        position: headerOffset,
        compressedBytes,
        bytes,
        isCompressed: method !== 0,
      })),
    );
  }
}
