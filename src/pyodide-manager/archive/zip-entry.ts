/** Reads `length` bytes at a position; fewer only where the file ends. */
export type ReadAt = (position: number, length: number) => Uint8Array;

/** One member of an archive, as the archive describes it; `verify.ts` says which may be mounted. */
export interface ZipEntry {
  /** A directory's ends with a slash. */
  readonly name: string;
  /** Stored, or deflated. */
  readonly method: 0 | 8;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly crc32: number;
  /** Unix's st_mode; 0 where the archive has none. */
  readonly mode: number;
  /** Where the member itself, its own header first, begins. */
  readonly headerOffset: number;
  /** Where its contents begin: looked up when first asked for. Throws ZipFormatError when the member's header differs. */
  readonly dataOffset: number;
}
