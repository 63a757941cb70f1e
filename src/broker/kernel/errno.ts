import type { ErrnoName } from "../../protocol/messages.ts";

const NAMES = [
  "EACCES",
  "EAGAIN",
  "EBADF",
  "ECONNRESET",
  "EFBIG",
  "EINTR",
  "EINVAL",
  "EIO",
  "EISDIR",
  "ENODEV",
  "ENOENT",
  "ENOMEM",
  "ENOSPC",
  "ENOSYS",
  "ENOTDIR",
  "ENOTTY",
  "ENXIO",
  "EOPNOTSUPP",
  "EPERM",
  "EPIPE",
  "EROFS",
  "ESPIPE",
] as const satisfies readonly ErrnoName[];

const known = new Set<string>(NAMES);

/** The name to send a cell for a host error; EIO when the protocol has no word for it. */
export function errnoNameOf(error: unknown): ErrnoName {
  const code = (error as NodeJS.ErrnoException).code;
  return code !== undefined && known.has(code) ? (code as ErrnoName) : "EIO";
}
