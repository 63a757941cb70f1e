import type { FileStatus } from "../../protocol/messages.ts";
import type { AttributeChange } from "../emscripten.ts";
import type { Kernel } from "./request.ts";

const PERMISSIONS = 0o7777;

/** What Emscripten takes for stat's result. Its own way with times is corrected by `mountCalls`. */
export function attributesOf(kernel: Kernel, status: FileStatus): object {
  kernel.statusTold = status;
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
    atime: new Date(0),
    mtime: new Date(0),
    ctime: new Date(0),
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
