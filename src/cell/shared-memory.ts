import { toArrayBuffer } from "bun:ffi";
import type { Libc } from "../protocol/libc.ts";
import { SHARED_BYTES } from "../protocol/messages.ts";

const SHARED_FD = 3;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;

/** The memory that broker and cell share, inherited as fd 3; null where the broker gave none. */
export function mapSharedMemory(libc: Libc | null): Uint8Array | null {
  const address = libc?.mmap(null, SHARED_BYTES, PROT_READ_WRITE, MAP_SHARED, SHARED_FD, 0);
  if (!address || Number(address) === -1) return null;
  return new Uint8Array(toArrayBuffer(address, 0, SHARED_BYTES));
}
