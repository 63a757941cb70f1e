import { isFailure } from "../../protocol/channel.ts";
import type { HostImports, PyodideModule } from "../emscripten.ts";
import { EINVAL } from "../errno.ts";
import { handleOf } from "./kstream.ts";
import { listDirectory, type Mounts } from "./mounts.ts";
import type { Kernel } from "./request.ts";

const F_GETLK = 12;
const F_SETLK = 13;
const F_SETLKW = 14;
const LOCK_COMMANDS = new Map([
  [F_GETLK, "get"],
  [F_SETLK, "set"],
  [F_SETLKW, "wait"],
] as const);

const AT_FDCWD = -100;
const DIRENT_BYTES = 280;
const DIRENT_NAME_BYTES = 256;
const ENTRY_TYPES = new Map([
  ["d", 4],
  ["f", 8],
  ["l", 10],
]);

/** What the calls work on. */
interface Surroundings {
  readonly module: () => PyodideModule;
  readonly kernel: Kernel;
  readonly mounts: () => Mounts | null;
}

/** The system calls that are different for files on mounts; the rest goes to what was there before. */
export function mountCalls({ module, kernel, mounts }: Surroundings, stock: HostImports): HostImports {
  return {
    /** Emscripten's own would ask about each entry by itself. */
    __syscall_getdents64(fd: number, address: number, bytes: number) {
      const stream = module().FS.getStream(fd);
      if (!stream || !mounts()?.has(stream.node)) return stock["__syscall_getdents64"]?.(fd, address, bytes);
      return errnoOf(() => readEntries(module(), kernel, { fd, address: address >>> 0, bytes }));
    },
    __syscall_faccessat(directory: number, path: number, mode: number, flags: number) {
      const { FS, UTF8ToString } = module();
      const text = UTF8ToString(path);
      const present = mounts();
      if (present === null || directory !== AT_FDCWD || text === "") {
        return stock["__syscall_faccessat"]?.(directory, path, mode, flags);
      }
      return errnoOf(() => {
        const { node } = FS.lookupPath(text, { follow: true });
        if (node === undefined || !present.has(node))
          return stock["__syscall_faccessat"]?.(directory, path, mode, flags);
        if (mode !== 0) kernel.ask({ op: "access", path: present.pathOf(node), mode });
        return 0;
      });
    },
    __syscall_fdatasync: (fd: number) => {
      const stream = module().FS.getStream(fd);
      return stream && mounts()?.has(stream.node)
        ? errnoOf(() => stream.stream_ops.fsync?.(stream) ?? 0)
        : stock["__syscall_fdatasync"]?.(fd);
    },
    __syscall_fcntl64(fd: number, command: number, varargs: number) {
      const stream = module().FS.getStream(fd);
      const kind = LOCK_COMMANDS.get(command as typeof F_GETLK);
      if (!stream || kind === undefined || !mounts()?.has(stream.node)) {
        return stock["__syscall_fcntl64"]?.(fd, command, varargs);
      }
      return recordLock(module(), kernel, { fd, command: kind, address: module().HEAPU32[varargs >>> 2] ?? 0 });
    },
  };
}

interface RecordLock {
  readonly fd: number;
  readonly command: "get" | "set" | "wait";
  /** Of a struct flock. */
  readonly address: number;
}

function recordLock(module: PyodideModule, kernel: Kernel, { fd, command, address }: RecordLock): number {
  const handle = handleOf(module, fd);
  if (handle === undefined) return -EINVAL;
  const { reply } = kernel.channel.call({
    op: "lock",
    handle,
    command,
    type: module.HEAP16[address >> 1] ?? 0,
    whence: module.HEAP16[(address + 2) >> 1] ?? 0,
    start: Number(module.HEAP64[(address + 8) >> 3] ?? 0n),
    length: Number(module.HEAP64[(address + 16) >> 3] ?? 0n),
  });
  if (isFailure(reply)) return -kernel.failed(reply);
  if (command === "get") module.HEAP16[address >> 1] = reply.type;
  return 0;
}

interface EntryBuffer {
  readonly fd: number;
  readonly address: number;
  readonly bytes: number;
}

/** getdents64(2): as many entries as fit; the stream's position counts them. */
function readEntries(module: PyodideModule, kernel: Kernel, { fd, address, bytes }: EntryBuffer): number {
  const { FS } = module;
  const stream = FS.getStream(fd);
  if (!stream) return 0;
  const self = { inode: stream.node.id, kind: "d" };
  if (stream.position === 0) stream.entries = null;
  stream.entries ??= [
    { name: ".", ...self },
    { name: "..", ...self },
    ...listDirectory(kernel, FS.getPath(stream.node)),
  ];
  const first = Math.floor(stream.position / DIRENT_BYTES);
  const entries = stream.entries.slice(first, first + Math.floor(bytes / DIRENT_BYTES));
  for (const [index, { name, inode, kind }] of entries.entries()) {
    const at = address + index * DIRENT_BYTES;
    module.HEAP64[at >> 3] = BigInt(inode);
    module.HEAP64[(at + 8) >> 3] = BigInt((first + index + 1) * DIRENT_BYTES);
    module.HEAP16[(at + 16) >> 1] = DIRENT_BYTES;
    module.HEAP8[at + 18] = ENTRY_TYPES.get(kind) ?? 0;
    module.stringToUTF8(name, at + 19, DIRENT_NAME_BYTES);
  }
  stream.position = (first + entries.length) * DIRENT_BYTES;
  return entries.length * DIRENT_BYTES;
}

/** File operations throw their errors, and system calls return minus their numbers. */
function errnoOf(act: () => number): number {
  try {
    return act();
  } catch (error) {
    const { errno } = error as { errno?: unknown };
    if (typeof errno !== "number") throw error;
    return -errno;
  }
}
