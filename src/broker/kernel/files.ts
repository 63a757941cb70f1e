import { ptr } from "bun:ffi";
import {
  accessSync,
  chmodSync,
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  readdirSync,
  statfsSync,
} from "node:fs";
import { posix } from "node:path";
import { WomaError } from "../../errors.ts";
import type { Mount } from "../../permissions/permissions.ts";
import type { Libc } from "../../protocol/libc.ts";
import type { ErrnoName, FileStatus, FileSystemStatus, MountGrant, RequestOf } from "../../protocol/messages.ts";
import { type SystemCallName, systemCallNumber } from "../../protocol/system-call-numbers.ts";
import { errnoNameOf, errnoNameOfNumber, KernelError } from "./errno.ts";
import { FileLocks, type LockRequest } from "./file-locks.ts";
import { entryLine, kindOf, ON_THE_WAY, timespec, toStatus } from "./file-status.ts";
import { HostFile } from "./host-file.ts";
import { refuseLeavingLink, refuseMovingLinksOut } from "./link-rules.ts";
import { isWithin, Mounts, O_CREAT, O_DIRECTORY, O_EXCL, O_PATH, O_WRONLY, type Place } from "./mounts.ts";

const ACCESS_MODE = 3;
const O_TRUNC = 0o1000;
/** What of a program's flags is the open file's; creating and truncating are requests of their own or done here. */
const KEPT_FLAGS = ACCESS_MODE | O_CREAT | O_EXCL | O_TRUNC;
const AT_FDCWD = -100;
const EAGAIN = 11;
const LOCK_NB = 4;
const F_RDLCK = 0;
const F_WRLCK = 1;
const AT_REMOVEDIR = 0x200;
/** No setuid, setgid or sticky bit: a file with one would be more than the program's own. */
const PERMISSIONS = 0o777;
const WRITE_ACCESS = 2;

const HINTS: Partial<Record<ErrnoName, string>> = {
  ENOSYS: "they need openat2(2): Linux 5.6 or later, and a container that lets it through",
  EPERM: "they need openat2(2): does this container's seccomp profile let it through?",
};

/** How much a program may write to files, all in all; null for no limit. */
export interface FileLimits {
  readonly maximumWrittenBytes: number | null;
}

/**
 * The files of one program's mounts. Paths are the program's; every method throws KernelError, or what node:fs throws,
 * for what the program may not or cannot do.
 */
export class Files {
  readonly locks: FileLocks;
  readonly #mounts: Mounts;
  #writtenBytes = 0;

  private constructor(
    private readonly libc: Libc,
    mounts: Mounts,
    private readonly limits: FileLimits,
  ) {
    this.#mounts = mounts;
    this.locks = new FileLocks(libc);
  }

  /** Throws WomaError where mounts cannot be had. */
  static open(libc: Libc | null, mounts: readonly Mount[], limits: FileLimits): Files {
    if (libc === null || process.platform !== "linux") {
      throw new WomaError(`mounts need Linux, and this is ${process.platform}`, {
        hint: "pass data on standard input, or run woma in a Linux container",
      });
    }
    const opened = new Mounts(libc);
    for (const mount of mounts) {
      try {
        opened.add(mount);
        // Where openat2(2) cannot be had, this says so before the program begins.
        closeSync(opened.open({ mount, relativePath: "" }, O_PATH));
      } catch (error) {
        const errno = errnoNameOf(error);
        const hint = HINTS[errno] ?? "check its permissions with ls -ld, and those of the directories above it";
        throw new WomaError(`${mount.grantedBy}: cannot be opened (${errno})`, { cause: error, hint, exitStatus: 2 });
      }
    }
    return new Files(libc, opened, limits);
  }

  /** What a cell has to know of the mounts. */
  mountGrants(): MountGrant[] {
    return this.#mounts.outermost().map(({ guestPath, kind }) => ({ path: guestPath, kind }));
  }

  open({ path, flags, mode }: Pick<RequestOf<"open">, "path" | "flags" | "mode">): {
    file: HostFile;
    status: FileStatus;
  } {
    // Linux truncates even what is opened for reading.
    const writes = (flags & (ACCESS_MODE | O_CREAT | O_TRUNC)) !== 0;
    const place = writes ? this.#mounts.writable(path) : this.#mounts.place(path);
    const fd = this.#openRegular(place, flags & KEPT_FLAGS, mode & PERMISSIONS);
    const access = { reads: (flags & ACCESS_MODE) !== O_WRONLY, writes };
    return { file: new HostFile(fd, access, this.locks), status: toStatus(fstatSync(fd)) };
  }

  write(file: HostFile, bytes: Uint8Array, position: number): number {
    const { maximumWrittenBytes } = this.limits;
    if (maximumWrittenBytes !== null && this.#writtenBytes + bytes.length > maximumWrittenBytes) {
      const megabytes = maximumWrittenBytes / 1024 ** 2;
      throw new KernelError("EDQUOT", `the program may write ${megabytes} MB to files; allow more with --max-written`);
    }
    const written = file.writeAt(this.libc, bytes, position);
    this.#writtenBytes += written;
    return written;
  }

  stat(path: string): FileStatus {
    try {
      return this.#with(this.#mounts.place(path), O_PATH, (fd) => toStatus(fstatSync(fd)));
    } catch (error) {
      if (errnoNameOf(error) === "ENOENT" && this.#mounts.mountedIn(path).length > 0) return ON_THE_WAY;
      throw error;
    }
  }

  fstat(file: HostFile): FileStatus {
    return toStatus(fstatSync(file.fd));
  }

  access(path: string, mode: number): void {
    const place = (mode & WRITE_ACCESS) !== 0 ? this.#mounts.writable(path) : this.#mounts.place(path);
    this.#with(place, O_PATH, (fd) => accessSync(`/proc/self/fd/${fd}`, mode & 7));
  }

  change({ path, mode, size, accessedMs, modifiedMs }: Omit<RequestOf<"change">, "op">): void {
    const place = this.#mounts.writable(path);
    if (size !== null) this.#truncate(place, size);
    if (mode === null && accessedMs === null && modifiedMs === null) return;
    this.#with(place, O_PATH, (fd) => {
      const stats = fstatSync(fd);
      // A link has no mode, and its times are of no use.
      if (stats.isSymbolicLink()) throw new KernelError("EOPNOTSUPP");
      if (mode !== null) chmodSync(`/proc/self/fd/${fd}`, mode & PERMISSIONS);
      if (accessedMs !== null || modifiedMs !== null) this.#setTimes(fd, accessedMs, modifiedMs);
    });
  }

  changeOpen(file: HostFile, change: Omit<RequestOf<"change-open">, "op" | "handle">): void {
    const { mode, size, accessedMs, modifiedMs } = change;
    if (!file.access.writes) throw new KernelError(size === null ? "EACCES" : "EINVAL");
    if (size !== null) ftruncateSync(file.fd, size);
    if (mode !== null) fchmodSync(file.fd, mode & PERMISSIONS);
    if (accessedMs !== null || modifiedMs !== null) this.#setTimes(file.fd, accessedMs, modifiedMs);
  }

  sync(file: HostFile): void {
    fsyncSync(file.fd);
  }

  lock(file: HostFile, request: LockRequest): number | undefined {
    const { reads, writes } = file.access;
    const refused =
      request.command !== "get" && ((request.type === F_WRLCK && !writes) || (request.type === F_RDLCK && !reads));
    if (refused) throw new KernelError("EBADF");
    return this.locks.apply(file.fd, request);
  }

  /** flock(2), without waiting: undefined while another has it. Its owner is the open file. */
  flock(file: HostFile, operation: number): true | undefined {
    const result = this.libc.systemCall(systemCallNumber("flock"), file.fd, operation | LOCK_NB);
    if (result === -EAGAIN) return undefined;
    check(result);
    return true;
  }

  mkdir(path: string, mode: number): void {
    this.#mounts.inParent(this.#mounts.writable(path), (directory, name) =>
      this.#call("mkdirat", directory, name, mode & PERMISSIONS),
    );
  }

  remove(path: string, what: "file" | "directory"): void {
    this.#mounts.refuseMountPoint(path);
    this.#mounts.inParent(this.#mounts.writable(path), (directory, name) =>
      this.#call("unlinkat", directory, name, what === "directory" ? AT_REMOVEDIR : 0),
    );
  }

  rename(path: string, to: string): void {
    for (const end of [path, to]) this.#mounts.refuseMountPoint(end);
    const [source, target] = [this.#mounts.writable(path), this.#mounts.writable(to)];
    if (source.mount !== target.mount) throw new KernelError("EXDEV");
    this.#mounts.inParent(source, (fromDirectory, fromName) =>
      this.#mounts.inParent(target, (toDirectory, toName) => {
        refuseMovingLinksOut(`/proc/self/fd/${fromDirectory}/${fromName}`, depthOf(source), depthOf(target));
        const [from, into] = [Buffer.from(`${fromName}\0`), Buffer.from(`${toName}\0`)];
        const number = systemCallNumber("renameat2");
        check(this.libc.systemCall(number, fromDirectory, ptr(from), toDirectory, ptr(into), 0));
      }),
    );
  }

  /** A link that leads out of the mount would lead someone else there: the program itself could not follow it. */
  symlink(path: string, target: string): void {
    const place = this.#mounts.writable(path);
    const led = posix.resolve(posix.dirname(path), target);
    const { guestPath, hostPath }: { guestPath: string; hostPath: string } = place.mount;
    if (!isWithin(led, guestPath) || (target.startsWith("/") && guestPath !== hostPath)) {
      throw new KernelError("EPERM", "a link may not lead out of its mount");
    }
    refuseLeavingLink(target, depthOf(place));
    this.#mounts.inParent(place, (directory, name) => {
      const [text, link] = [Buffer.from(`${target}\0`), Buffer.from(`${name}\0`)];
      check(this.libc.systemCall(systemCallNumber("symlinkat"), ptr(text), directory, ptr(link)));
    });
  }

  readlink(path: string): string {
    return this.#mounts.inParent(this.#mounts.place(path), (directory, name) => {
      const [text, target] = [Buffer.from(`${name}\0`), Buffer.alloc(4096)];
      const number = systemCallNumber("readlinkat");
      const length = check(this.libc.systemCall(number, directory, ptr(text), ptr(target), target.length));
      return target.toString("utf8", 0, length);
    });
  }

  /** One line an entry, as the protocol says. Names that are no UTF-8 cannot be named, and are left out. */
  list(path: string): string {
    const mounted = this.#mounts.mountedIn(path);
    if (mounted.length > 0 && this.stat(path) === ON_THE_WAY) {
      return mounted.map((name) => entryLine(name, "d", ON_THE_WAY.inode)).join("");
    }
    return this.#with(this.#mounts.place(path), O_DIRECTORY, (fd) => {
      const directory = `/proc/self/fd/${fd}`;
      const names = readdirSync(directory).filter((name) => !name.includes("\ufffd"));
      const present = names.flatMap((name) => {
        const stats = lstatSync(`${directory}/${name}`, { throwIfNoEntry: false });
        return stats === undefined ? [] : [entryLine(name, kindOf(stats), stats.ino)];
      });
      return [
        ...present,
        ...mounted.filter((name) => !names.includes(name)).map((name) => entryLine(name, "d", 1)),
      ].join("");
    });
  }

  statfs(path: string): FileSystemStatus {
    return this.#with(this.#mounts.place(path), O_PATH, (fd) => {
      const { bsize, blocks, bfree, bavail, files, ffree } = statfsSync(`/proc/self/fd/${fd}`);
      return { blockBytes: bsize, blocks, freeBlocks: bfree, availableBlocks: bavail, files, freeFiles: ffree };
    });
  }

  close(): void {
    this.locks.close();
    this.#mounts.close();
  }

  /**
   * What there is is looked at before it is opened: opening alone can make a device do something, or wait for a FIFO's
   * other end. What there is not is made.
   */
  #openRegular(place: Place, flags: number, mode: number): number {
    if ((flags & O_CREAT) !== 0) return this.#mounts.open(place, flags | O_EXCL, mode);
    return this.#with(place, O_PATH, (found) => {
      const stats = fstatSync(found);
      if (stats.isDirectory()) throw new KernelError("EISDIR");
      if (stats.isSymbolicLink()) throw new KernelError("ELOOP");
      if (!stats.isFile()) throw new KernelError("EOPNOTSUPP", "woma opens no devices, pipes and sockets on mounts");
      return this.#mounts.reopen(found, flags);
    });
  }

  /** Bun's own takes a time before 1970 for now. */
  #setTimes(fd: number, accessedMs: number | null, modifiedMs: number | null): void {
    const path = Buffer.from(`/proc/self/fd/${fd}\0`);
    const times = new BigInt64Array([...timespec(accessedMs), ...timespec(modifiedMs)]);
    check(this.libc.systemCall(systemCallNumber("utimensat"), AT_FDCWD, ptr(path), ptr(times), 0));
  }

  #truncate(place: Place, size: number): void {
    const fd = this.#openRegular(place, O_WRONLY, 0);
    try {
      ftruncateSync(fd, size);
    } finally {
      closeSync(fd);
    }
  }

  #with<T>(place: Place, flags: number, act: (fd: number) => T): T {
    const fd = this.#mounts.open(place, flags);
    try {
      return act(fd);
    } finally {
      closeSync(fd);
    }
  }

  #call(name: SystemCallName, directory: number, file: string, argument: number): void {
    const text = Buffer.from(`${file}\0`);
    check(this.libc.systemCall(systemCallNumber(name), directory, ptr(text), argument));
  }
}

/** How many directories of the mount a name is in. */
function depthOf({ relativePath }: Place): number {
  return relativePath.split("/").length - 1;
}

function check(result: number): number {
  if (result < 0) throw new KernelError(errnoNameOfNumber(-result));
  return result;
}
