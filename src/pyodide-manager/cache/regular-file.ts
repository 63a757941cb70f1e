import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** What lies there is not read. `message` is a clause: "it is no file". */
export class UnreadableFile extends Error {}

/**
 * All of a file. A pipe or a device in its place is not waited for, and one that is too large is not read. A link is
 * followed only on demand. Throws UnreadableFile or a system error.
 */
export function readRegularFile(
  path: string,
  maximumBytes: number,
  { followsLinks = false }: { readonly followsLinks?: boolean } = {},
): Buffer {
  const fd = openWithoutWaiting(path, followsLinks);
  try {
    const bytes = regularSize(fd, maximumBytes);
    const content = Buffer.alloc(bytes);
    let length = 0;
    for (let count = -1; count !== 0 && length < bytes; length += count) {
      count = readSync(fd, content, length, bytes - length, length);
    }
    return content.subarray(0, length);
  } finally {
    closeSync(fd);
  }
}

/** For reading: a pipe that nobody writes to is open at once. */
export function openWithoutWaiting(path: string, followsLinks = false): number {
  const noLink = followsLinks ? 0 : (constants.O_NOFOLLOW ?? 0);
  return openSync(path, constants.O_RDONLY | noLink | (constants.O_NONBLOCK ?? 0));
}

/** The size of an open file. Throws UnreadableFile where it is no file, or larger than that. */
export function regularSize(fd: number, maximumBytes: number): number {
  const status = fstatSync(fd);
  if (!status.isFile()) throw new UnreadableFile("it is no file");
  if (status.size > maximumBytes) {
    throw new UnreadableFile(`it has ${status.size} bytes, over ${maximumBytes}`);
  }
  return status.size;
}
