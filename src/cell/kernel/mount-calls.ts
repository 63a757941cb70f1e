import { isFailure } from "../../protocol/channel.ts";
import type { FileStatus } from "../../protocol/messages.ts";
import type { HostImports, PyodideModule } from "../emscripten.ts";
import { EBADF, EINVAL } from "../errno.ts";
import { errnoOf } from "./errno-of.ts";
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
    ...Object.fromEntries(
      STAT_CALLS.map(([name, buffer]) => [name, exactTimes(module, kernel, { call: stock[name], buffer })]),
    ),
    __syscall_fcntl64(fd: number, command: number, varargs: number) {
      const stream = module().FS.getStream(fd);
      if (command === FLOCK_DOOR) return stream ? flock(module(), kernel, { fd, varargs }) : -EBADF;
      const kind = LOCK_COMMANDS.get(command as typeof F_GETLK);
      if (!stream || kind === undefined || !mounts()?.has(stream.node)) {
        return stock["__syscall_fcntl64"]?.(fd, command, varargs);
      }
      return recordLock(module(), kernel, { fd, command: kind, address: module().HEAPU32[varargs >>> 2] ?? 0 });
    },
  };
}

/** The calls that write a struct stat, and which argument says where. */
const STAT_CALLS = [
  ["__syscall_stat64", 1],
  ["__syscall_lstat64", 1],
  ["__syscall_fstat64", 1],
  ["__syscall_newfstatat", 2],
] as const;

/** Where a struct stat has its times: seconds, and eight bytes on nanoseconds. */
const TIME_OFFSETS = [40, 56, 72];

interface StatCall {
  readonly call: HostImports[string] | undefined;
  readonly buffer: number;
}

/** Emscripten writes times in whole milliseconds, and those before 1970 wrong. */
function exactTimes(module: () => PyodideModule, kernel: Kernel, { call, buffer }: StatCall): HostImports[string] {
  return (...given: number[]) => {
    kernel.statusTold = null;
    const result = call?.(...given);
    const { statusTold: told } = kernel as { statusTold: FileStatus | null };
    if (result !== 0 || told === null) return result;
    const { HEAP64, HEAP32 } = module();
    for (const [index, timeMs] of [told.accessedMs, told.modifiedMs, told.changedMs].entries()) {
      const at = ((given[buffer] ?? 0) >>> 0) + (TIME_OFFSETS[index] ?? 0);
      const seconds = Math.floor(timeMs / 1000);
      HEAP64[at >> 3] = BigInt(seconds);
      HEAP32[(at + 8) >> 2] = Math.floor((timeMs - seconds * 1000) * 1e6);
    }
    return result;
  };
}

/** With this command `fcntl` is flock(2), which this libc only pretends to have: woma_os.py calls it so. */
const FLOCK_DOOR = 0x57_4f;

/** Among the cell's own files there is nobody to keep out. */
function flock(
  module: PyodideModule,
  kernel: Kernel,
  { fd, varargs }: { readonly fd: number; readonly varargs: number },
): number {
  const handle = handleOf(module, fd);
  if (handle === undefined) return 0;
  const { reply } = kernel.channel.call({ op: "flock", handle, operation: module.HEAPU32[varargs >>> 2] ?? 0 });
  // What is no file of the broker's has no lock either.
  return isFailure(reply) && reply.errno !== "EBADF" ? -kernel.failed(reply) : 0;
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
  const whence = module.HEAP16[(address + 2) >> 1] ?? 0;
  const range = lockedRange(whence, module.HEAP64[(address + 8) >> 3] ?? 0n, module.HEAP64[(address + 16) >> 3] ?? 0n);
  if (range === null) return -EINVAL;
  const { reply } = kernel.channel.call({
    op: "lock",
    handle,
    command,
    type: module.HEAP16[address >> 1] ?? 0,
    whence,
    ...range,
  });
  if (isFailure(reply)) return -kernel.failed(reply);
  if (command === "get") module.HEAP16[address >> 1] = reply.type;
  return 0;
}

/** A negative length is of the bytes before; no file reaches past what a number can say exactly. */
function lockedRange(whence: number, start: bigint, length: bigint): { start: number; length: number } | null {
  const first = length < 0n ? start + length : start;
  if (whence === SEEK_SET && first < 0n) return null;
  const limit = (value: bigint) => (value > LARGEST ? LARGEST : value < -LARGEST ? -LARGEST : value);
  const size = limit(length < 0n ? -length : length);
  const from = limit(first);
  // To the end, and then some, is to the end.
  return { start: Number(from), length: from + size > LARGEST ? 0 : Number(size) };
}

const SEEK_SET = 0;
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

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
