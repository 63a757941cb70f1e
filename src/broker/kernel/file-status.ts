import type { Stats } from "node:fs";
import type { FileStatus } from "../../protocol/messages.ts";

/** A directory that is there only because a mount lies below it. */
export const ON_THE_WAY: FileStatus = {
  device: 1,
  inode: 1,
  mode: 0o040555,
  links: 2,
  user: 0,
  group: 0,
  size: 0,
  blocks: 0,
  accessedMs: 0,
  modifiedMs: 0,
  changedMs: 0,
};

/** A program is its own user, number 0: what is the broker's is its own, and the rest nobody's. */
const NOBODY = 65534;

export function toStatus(stats: Stats): FileStatus {
  return {
    device: stats.dev,
    inode: stats.ino,
    mode: stats.mode,
    links: stats.nlink,
    user: stats.uid === process.geteuid?.() ? 0 : NOBODY,
    group: stats.gid === process.getegid?.() ? 0 : NOBODY,
    size: stats.size,
    blocks: stats.blocks,
    accessedMs: stats.atimeMs,
    modifiedMs: stats.mtimeMs,
    changedMs: stats.ctimeMs,
  };
}

export function entryLine(name: string, kind: string, inode: number): string {
  return `${kind}${inode} ${JSON.stringify(name).slice(1, -1)}\n`;
}

export function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "d";
  return stats.isSymbolicLink() ? "l" : stats.isFile() ? "f" : "o";
}

/** A struct timespec: seconds and nanoseconds, the latter never negative; the time there is for null. */
export function timespec(timeMs: number | null): [bigint, bigint] {
  if (timeMs === null) return [0n, UTIME_OMIT];
  const seconds = Math.floor(timeMs / 1000);
  return [BigInt(seconds), BigInt(Math.floor((timeMs - seconds * 1000) * 1e6))];
}

const UTIME_OMIT = 0x3fff_fffen;
