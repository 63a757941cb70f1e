import { toArrayBuffer } from "bun:ffi";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { openLibc } from "../protocol/libc.ts";

/**
 * Files that the build puts behind woma's executable, each at the start of a page, so that a cell maps them
 * where they lie: nothing is read before it is needed, and all cells share one copy.
 *
 *   executable · files · index (JSON: name → offset, length) · u32 length of the index · u32 magic
 */
export interface AppendedFile {
  readonly offset: number;
  readonly length: number;
}

type AppendedIndex = Readonly<Record<string, AppendedFile>>;

export const APPENDED_MAGIC = 0x61_6d_6f_77;
export const APPENDED_PAGE_BYTES = 16384;

/**
 * The executable's files by name, all mapped now: later nothing can be opened. The bytes may be changed; nobody else
 * sees that.
 */
export function openAppendedAssets(executable: string): (name: string) => Uint8Array<ArrayBuffer> {
  const fd = openSync(executable, "r");
  const libc = openLibc();
  const files = new Map(
    Object.entries(readIndex(fd)).map(([name, { offset, length }]) => {
      const address = libc?.mmap(null, length, PROT_READ_WRITE, MAP_PRIVATE, fd, offset);
      if (!address || Number(address) === -1) throw new Error(`${name} could not be mapped`);
      return [name, new Uint8Array(toArrayBuffer(address, 0, length))];
    }),
  );
  closeSync(fd);
  return (name) => {
    const bytes = files.get(name);
    if (bytes === undefined) throw new Error(`the executable has no ${name} behind it`);
    return bytes;
  };
}

const PROT_READ_WRITE = 3;
const MAP_PRIVATE = 2;

function readIndex(fd: number): AppendedIndex {
  const end = fstatSync(fd).size;
  const tail = new DataView(readAt(fd, end - 8, 8).buffer);
  const length = tail.getUint32(0, true);
  if (tail.getUint32(4, true) !== APPENDED_MAGIC || length > end) {
    throw new Error("the executable has lost what was behind it; was it stripped?");
  }
  return JSON.parse(new TextDecoder().decode(readAt(fd, end - 8 - length, length)));
}

function readAt(fd: number, position: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  readSync(fd, bytes, 0, length, position);
  return bytes;
}
