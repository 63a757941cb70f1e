import { ptr } from "bun:ffi";
import type { Libc } from "../protocol/libc.ts";

/** With this much, CPython's own check of its stack comes first, and deep recursion is a RecursionError. */
const WANTED_BYTES = 256 * 1024 * 1024;
/** What the runtime uses of its stack besides. */
const RESERVED_BYTES = 16 * 1024 * 1024;
const RLIMIT_STACK = 3;

/**
 * Lets processes started from here have a large stack; how much of it JavaScript and WebAssembly may use.
 * Nothing is taken: pages of a stack are there once they are touched. Where the limit cannot be raised, deep
 * recursion ends the cell instead, and the user is told.
 */
export function raiseStackLimit(libc: Libc | null): number {
  const limit = new BigUint64Array(2);
  if (libc === null || libc.getrlimit(RLIMIT_STACK, ptr(limit)) !== 0) return 0;
  const [soft, hard] = [limit[0] ?? 0n, limit[1] ?? 0n];
  const wanted = BigInt(WANTED_BYTES);
  if (soft < wanted) {
    limit[0] = hard < wanted ? hard : wanted;
    if (libc.setrlimit(RLIMIT_STACK, ptr(limit)) !== 0) limit[0] = soft;
  }
  const usable = Math.min(Number(limit[0] ?? 0n), WANTED_BYTES);
  return Math.max(usable - RESERVED_BYTES, 0);
}
