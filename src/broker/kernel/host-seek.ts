import type { Libc } from "../../protocol/libc.ts";
import type { ErrnoName } from "../../protocol/messages.ts";
import type { HostStream } from "./terminal.ts";

/** lseek(2) on one of the broker's own descriptors; only a file has a position. */
export function seekHost(
  libc: Libc | null,
  { fd, kind }: HostStream,
  offset: number,
  whence: number,
): number | ErrnoName {
  if (kind !== "file" || libc === null) return "ESPIPE";
  const position = Number(libc.lseek(fd, BigInt(offset), whence));
  return position < 0 ? "EINVAL" : position;
}
