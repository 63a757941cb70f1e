import { ptr } from "bun:ffi";
import type { Libc } from "../../protocol/libc.ts";

/** poll(2) on one of the broker's own descriptors, without waiting: the events that hold; 0 where it cannot tell. */
export function pollNow(libc: Libc | null, fd: number, events: number): number {
  if (libc === null) return 0;
  const query = new DataView(new ArrayBuffer(8));
  query.setInt32(0, fd, true);
  query.setInt16(4, events, true);
  return libc.poll(ptr(new Uint8Array(query.buffer)), 1, 0) === 1 ? query.getInt16(6, true) : 0;
}
