import type { FileStatus } from "../../protocol/messages.ts";
import type { AttributeChange } from "../emscripten.ts";

const PERMISSIONS = 0o7777;

/** What Emscripten takes for stat's result. */
export function attributesOf(status: FileStatus): object {
  return {
    dev: status.device,
    ino: status.inode,
    mode: status.mode,
    nlink: status.links,
    uid: status.user,
    gid: status.group,
    rdev: 0,
    size: status.size,
    blksize: 4096,
    blocks: status.blocks,
    // No Date, which has whole milliseconds only.
    atime: { getTime: () => status.accessedMs },
    mtime: { getTime: () => status.modifiedMs },
    ctime: { getTime: () => status.changedMs },
  };
}

/** What a change request says of Emscripten's. A change of owner is none: a program is the only user that it knows. */
export function changeOf({ mode, size, atime, mtime }: AttributeChange) {
  return {
    mode: mode === undefined ? null : mode & PERMISSIONS,
    size: size ?? null,
    accessedMs: atime ?? null,
    modifiedMs: mtime ?? null,
  };
}
