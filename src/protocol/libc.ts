import { dlopen, read } from "bun:ffi";

/**
 * The C library's functions that woma calls directly. Each process opens it once, where it first needs one.
 * glibc on Linux, libSystem on macOS; elsewhere there is none and callers do without.
 */
export function openLibc(): Libc | null {
  const library =
    process.platform === "linux" ? "libc.so.6" : process.platform === "darwin" ? "libSystem.B.dylib" : null;
  if (library === null) return null;
  const shared = dlopen(library, SHARED);
  const linux = process.platform === "linux" ? dlopen(library, LINUX).symbols : null;
  const errno = () => (linux === null ? 0 : read.i32(linux.__errno_location() as never, 0));
  return {
    ...shared.symbols,
    memfd_create: linux?.memfd_create ?? null,
    prctl: linux?.prctl ?? null,
    errno,
    systemCall(number, ...given) {
      if (linux === null) return -ENOSYS;
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = given;
      const result = Number(linux.syscall(number, a, b, c, d, e, f));
      return result === -1 ? -errno() : result;
    },
  };
}

const ENOSYS = 38;

const SHARED = {
  mmap: { args: ["ptr", "u64", "i32", "i32", "i32", "i64"], returns: "ptr" },
  ftruncate: { args: ["i32", "i64"], returns: "i32" },
  socketpair: { args: ["i32", "i32", "i32", "ptr"], returns: "i32" },
  fcntl: { args: ["i32", "i32", "i32"], returns: "i32" },
  lseek: { args: ["i32", "i64", "i32"], returns: "i64" },
  flock: { args: ["i32", "i32"], returns: "i32" },
  isatty: { args: ["i32"], returns: "i32" },
  ioctl: { args: ["i32", "u64", "ptr"], returns: "i32" },
  getrlimit: { args: ["i32", "ptr"], returns: "i32" },
  setrlimit: { args: ["i32", "ptr"], returns: "i32" },
  poll: { args: ["ptr", "u64", "i32"], returns: "i32" },
  tcgetattr: { args: ["i32", "ptr"], returns: "i32" },
  tcsetattr: { args: ["i32", "i32", "ptr"], returns: "i32" },
  tcflush: { args: ["i32", "i32"], returns: "i32" },
} as const;

const LINUX = {
  memfd_create: { args: ["ptr", "u32"], returns: "i32" },
  prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
  syscall: { args: ["i64", "i64", "i64", "i64", "i64", "i64", "i64"], returns: "i64" },
  __errno_location: { args: [], returns: "ptr" },
} as const;

type Symbols = ReturnType<typeof dlopen<typeof SHARED>>["symbols"];
type LinuxSymbols = ReturnType<typeof dlopen<typeof LINUX>>["symbols"];

export type Libc = Symbols & {
  readonly memfd_create: LinuxSymbols["memfd_create"] | null;
  readonly prctl: LinuxSymbols["prctl"] | null;
  /** The last call's errno; 0 where it cannot be had. */
  readonly errno: () => number;
  /** syscall(2), by a number of `systemCallNumber`'s: its result, or minus its errno. Linux only. */
  readonly systemCall: (number: number, ...given: readonly (number | bigint)[]) => number;
};
