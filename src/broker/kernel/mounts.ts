import { ptr } from "bun:ffi";
import { closeSync, fstatSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { mountFor, writeRefusal } from "../../permissions/check.ts";
import type { GuestPath, Mount } from "../../permissions/permissions.ts";
import type { Libc } from "../../protocol/libc.ts";
import { systemCallNumber } from "../../protocol/system-call-numbers.ts";
import { errnoNameOfNumber, KernelError } from "./errno.ts";

export const O_WRONLY = 1;
export const O_CREAT = 0o100;
export const O_EXCL = 0o200;
export const O_DIRECTORY = 0o200000;
const O_NOFOLLOW = 0o400000;
const O_CLOEXEC = 0o2000000;
export const O_PATH = 0o10000000;
const AT_FDCWD = -100;

const RESOLVE_NO_MAGICLINKS = 2n;
const RESOLVE_NO_SYMLINKS = 4n;
const RESOLVE_BENEATH = 8n;
const OPEN_HOW_BYTES = 24;

/** A path of the program's, in the deepest mount that it lies in. */
export interface Place {
  readonly mount: Mount;
  /** From the mount's root; "" for the root itself. */
  readonly relativePath: string;
}

/**
 * The mounts of one program, each by a descriptor of its root that was opened before the program began. A path is
 * resolved by the kernel (openat2(2)) below that, without following a single link: nothing that the program or
 * anyone else does to the tree meanwhile leads out of it.
 */
export class Mounts {
  readonly #roots = new Map<Mount, number>();
  readonly #kernelDevices = kernelFileSystems();

  constructor(private readonly libc: Libc) {}

  /** Throws KernelError when its root cannot be opened. A file's is its directory: it may be replaced there. */
  add(mount: Mount): void {
    const path = mount.kind === "directory" ? mount.hostPath : posix.dirname(mount.hostPath);
    this.#roots.set(mount, this.#call("openat", AT_FDCWD, path, O_PATH | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY));
  }

  get mounts(): Mount[] {
    return [...this.#roots.keys()];
  }

  /** Those that lie in no other: what a cell has to know of. */
  outermost(): Mount[] {
    const lies = (inner: Mount, outer: Mount) => inner !== outer && isWithin(inner.guestPath, outer.guestPath);
    return this.mounts.filter((mount) => !this.mounts.some((other) => lies(mount, other)));
  }

  place(path: string): Place {
    const plain = path === posix.normalize(path) && (path === "/" || !path.endsWith("/"));
    const found = plain ? mountFor(this.mounts, path as GuestPath) : null;
    if (found === null) throw new KernelError("ENOENT");
    if (found.mount.kind === "file" && found.relativePath !== "") throw new KernelError("ENOTDIR");
    return found;
  }

  /** Throws EACCES, naming the flag, for a mount that is only to be read. */
  writable(path: string): Place {
    const place = this.place(path);
    if (place.mount.access === "read") throw new KernelError("EACCES", writeRefusal(place.mount));
    return place;
  }

  /** A new descriptor of what is there, not following a link at the end, which only O_PATH can open. */
  open({ mount, relativePath }: Place, flags: number, mode = 0): number {
    const name = mount.kind === "file" ? posix.basename(mount.hostPath) : relativePath === "" ? "." : relativePath;
    const fd = this.#openBeneath(this.#rootOf(mount), name, flags | O_NOFOLLOW | O_CLOEXEC, mode);
    // A mount of `/` has /proc below it, and through that the broker's own memory.
    if (!this.#kernelDevices.has(fstatSync(fd).dev)) return fd;
    closeSync(fd);
    throw new KernelError("ENOENT");
  }

  /** The very file that a descriptor is of, for more than O_PATH: nobody can have put another in its place. */
  reopen(fd: number, flags: number): number {
    return this.#call("openat", AT_FDCWD, `/proc/self/fd/${fd}`, flags | O_CLOEXEC);
  }

  /** Calls `act` with the directory that the path's last name is in, and that name. */
  inParent<T>(place: Place, act: (directory: number, name: string) => T): T {
    const { relativePath, mount } = place;
    // A mount's own root is not the program's to remove or to replace.
    if (relativePath === "") throw new KernelError("EBUSY");
    const parent = posix.dirname(relativePath);
    const directory = this.open({ mount, relativePath: parent === "." ? "" : parent }, O_PATH | O_DIRECTORY);
    try {
      return act(directory, posix.basename(relativePath));
    } finally {
      closeSync(directory);
    }
  }

  /** The names in a directory that lead to other mounts. */
  mountedIn(path: string): string[] {
    const below = path === "/" ? "/" : `${path}/`;
    const names = this.mounts.flatMap(({ guestPath }) =>
      guestPath.startsWith(below) ? [guestPath.slice(below.length).split("/")[0] ?? ""] : [],
    );
    return [...new Set(names)];
  }

  /** Throws EBUSY for a path that a mount is at or below: moved away, it would not be the same mount any more. */
  refuseMountPoint(path: string): void {
    if (this.mounts.some(({ guestPath }) => isWithin(guestPath, path))) throw new KernelError("EBUSY");
  }

  close(): void {
    for (const root of this.#roots.values()) closeSync(root);
    this.#roots.clear();
  }

  #rootOf(mount: Mount): number {
    const root = this.#roots.get(mount);
    if (root === undefined) throw new KernelError("ENOENT");
    return root;
  }

  #openBeneath(directory: number, path: string, flags: number, mode: number): number {
    const text = Buffer.from(`${path}\0`);
    const how = new BigUint64Array([
      BigInt(flags),
      BigInt(mode),
      RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS,
    ]);
    const number = systemCallNumber("openat2");
    for (;;) {
      const fd = this.libc.systemCall(number, directory, ptr(text), ptr(how), OPEN_HOW_BYTES);
      if (fd >= 0) return fd;
      // The kernel could not be sure that a rename beside it did not lead out; it says to try again.
      if (fd !== -EAGAIN) throw new KernelError(errnoNameOfNumber(-fd));
    }
  }

  #call(name: "openat", directory: number, path: string, flags: number): number {
    const text = Buffer.from(`${path}\0`);
    const result = this.libc.systemCall(systemCallNumber(name), directory, ptr(text), flags, 0);
    if (result < 0) throw new KernelError(errnoNameOfNumber(-result));
    return result;
  }
}

const EAGAIN = 11;

/** Whether a path is this directory, or below it. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}

/** Made by the kernel, not kept on a disk: what they show is the system's. */
const KERNEL_TYPES = new Set(
  "proc sysfs cgroup cgroup2 debugfs tracefs securityfs configfs bpf devpts mqueue pstore efivarfs binfmt_misc fusectl".split(
    " ",
  ),
);

/** Their device numbers, as stat(2) has them. */
function kernelFileSystems(): Set<number> {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").trim().split("\n");
  return new Set(
    lines.flatMap((line) => {
      const [, major, minor, type] = /^\d+ \d+ (\d+):(\d+) .* - (\S+)/.exec(line) ?? [];
      return type !== undefined && KERNEL_TYPES.has(type) ? [deviceNumber(Number(major), Number(minor))] : [];
    }),
  );
}

/** glibc's makedev, for numbers below 2^32. */
function deviceNumber(major: number, minor: number): number {
  return ((minor & 0xff) | ((major & 0xfff) << 8)) + (minor & 0xff_ff_ff_00) * 2 ** 12;
}
