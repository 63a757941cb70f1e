import { isFailure } from "../../protocol/channel.ts";
import { NO_BYTES } from "../../protocol/framing.ts";
import type { HostImports, PyodideModule } from "../emscripten.ts";
import { ENOTTY, EOPNOTSUPP, libcErrno } from "../errno.ts";
import { handleOf, openKstream } from "./kstream.ts";
import { lookupCalls } from "./name-lookups.ts";
import type { Kernel } from "./request.ts";
import { SLEEP_DOOR, sleep } from "./sleep.ts";
import { SocketAddresses } from "./socket-address.ts";
import { socketCalls } from "./sockets.ts";

const F_GETFD = 1;
const F_SETFD = 2;
const F_SETFL = 4;
const FD_CLOEXEC = 1;
const O_CLOEXEC = 0o2000000;
const ACCESS_MODE = 3;
const FIONCLEX = 0x5450;
const FIOCLEX = 0x5451;
const FIONBIO = 0x5421;
const POLLIN_OR_POLLOUT = 5;
const POLLNVAL = 32;

/** The bytes that a terminal request reads and writes behind its argument; others carry the argument itself. */
const IOCTL_BYTES = new Map([
  [0x5401, 60],
  [0x5402, 60],
  [0x5403, 60],
  [0x5404, 60],
  [0x5413, 8],
  [0x541b, 4],
]);

/**
 * The system calls that Emscripten would answer from JavaScript and woma answers from the broker. They
 * return minus an error number, libc's. `module` is filled once the module exists, which is before any call.
 */
export function systemCalls(module: () => PyodideModule, kernel: Kernel, stock: HostImports): HostImports {
  const addresses = new SocketAddresses(module);
  return {
    __syscall_poll: (descriptors: number, count: number, timeoutMs: number) =>
      poll(module(), kernel, descriptors >>> 0, count, timeoutMs),
    __syscall_ioctl: ioctl(module, kernel, stock["__syscall_ioctl"]),
    __syscall_fcntl64: fcntl(module, stock["__syscall_fcntl64"]),
    __syscall_mknodat: mknodOrSleep(module, kernel, stock["__syscall_mknodat"]),
    __syscall_pipe: (address: number) => pipe(module(), kernel, address >>> 0),
    __syscall_bind: () => -EOPNOTSUPP,
    __syscall_listen: () => -EOPNOTSUPP,
    ...socketCalls(module, kernel, addresses),
    ...lookupCalls(module, kernel, addresses),
    // Pyodide reopens standard error around an exception that leaves Python, on a device of its own.
    capture_stderr: () => {},
    restore_stderr: () => 0,
    exit: (status: number) => {
      throw new GuestExit("exit", status);
    },
    proc_exit: (status: number) => {
      throw new GuestExit("_exit", status);
    },
    _abort_js: () => {
      throw new GuestExit("abort", 0);
    },
    // There is no shell; and stock Emscripten would run the command on the host.
    _emscripten_system: () => -libcErrno("ENOSYS"),
  };
}

/** C's exit(), _exit() or abort(): it unwinds all of C and Python. */
export class GuestExit extends Error {
  constructor(
    readonly by: "exit" | "_exit" | "abort",
    readonly status: number,
  ) {
    super(`${by}(${status})`);
  }
}

/** What a poll waits for besides the kernel's handles: streams in the cell, such as a pipe to itself. */
interface PollEntry {
  readonly address: number;
  readonly events: number;
  readonly handle: number | undefined;
  readonly localBits: number;
}

function poll(module: PyodideModule, kernel: Kernel, descriptors: number, count: number, timeoutMs: number): number {
  const entries: PollEntry[] = [];
  for (let index = 0; index < count; index++) {
    const address = descriptors + 8 * index;
    const fd = module.HEAP32[address >> 2] ?? -1;
    const events = module.HEAP16[(address + 4) >> 1] ?? 0;
    const handle = fd < 0 ? undefined : handleOf(module, fd);
    entries.push({
      address,
      events,
      handle,
      localBits: fd < 0 || handle !== undefined ? 0 : localReadiness(module, fd, events),
    });
  }
  const localReady = entries.some((entry) => entry.localBits !== 0);
  const want = entries.flatMap((entry): [number, number][] =>
    entry.handle === undefined ? [] : [[entry.handle, entry.events & 0x7fff]],
  );
  const ready = new Map<number, number>();
  // Nothing in the cell can change while it waits, so only the broker is waited for.
  if (want.length > 0 || (!localReady && timeoutMs !== 0)) {
    const { reply } = kernel.channel.call({ op: "poll", want, timeoutMs: localReady ? 0 : Math.max(timeoutMs, -1) });
    if (isFailure(reply)) return -kernel.failed(reply);
    for (const [handle, bits] of reply.ready) ready.set(handle, bits);
  }
  let changed = 0;
  for (const entry of entries) {
    const bits = entry.handle === undefined ? entry.localBits : (ready.get(entry.handle) ?? 0);
    module.HEAP16[(entry.address + 6) >> 1] = bits;
    if (bits !== 0) changed += 1;
  }
  return changed;
}

function pipe(module: PyodideModule, kernel: Kernel, address: number): number {
  const { reply } = kernel.channel.call({ op: "pipe" });
  if (isFailure(reply)) return -kernel.failed(reply);
  const reader = openKstream(module, kernel, { handle: reply.reader, kind: "pipe", access: "read" });
  const writer = openKstream(module, kernel, { handle: reply.writer, kind: "pipe", access: "write" });
  // Python's own pipes are never inherited, and it does not ask for that in this build.
  reader.closeOnExec = writer.closeOnExec = true;
  module.HEAP32[address >> 2] = reader.fd;
  module.HEAP32[(address + 4) >> 2] = writer.fd;
  return 0;
}

function localReadiness(module: PyodideModule, fd: number, events: number): number {
  const stream = module.FS.getStream(fd);
  if (!stream) return POLLNVAL;
  const always = POLLIN_OR_POLLOUT;
  const bits = stream.stream_ops.poll?.(stream) ?? always;
  return bits & (events | 8 | 16);
}

function ioctl(
  module: () => PyodideModule,
  kernel: Kernel,
  stock: HostImports[string] | undefined,
): HostImports[string] {
  return (fd: number, request: number, varargs: number) => {
    const handle = handleOf(module(), fd);
    const stream = module().FS.getStream(fd);
    if (stream && (request === FIOCLEX || request === FIONCLEX)) {
      stream.closeOnExec = request === FIOCLEX;
      return 0;
    }
    if (handle === undefined || request === FIONBIO) return stock?.(fd, request, varargs);
    // Nothing else of the broker's has a mode.
    if (!stream?.shared.kernel?.terminal) return -ENOTTY;
    const argument = module().HEAPU32[varargs >>> 2] ?? 0;
    const length = IOCTL_BYTES.get(request) ?? 0;
    const { reply, bytes } = kernel.channel.call(
      { op: "ioctl", handle, request: request >>> 0, argument: length > 0 ? 0 : argument },
      length > 0 ? module().HEAPU8.slice(argument, argument + length) : NO_BYTES,
    );
    if (isFailure(reply)) return -kernel.failed(reply);
    if (bytes.length === length) module().HEAPU8.set(bytes, argument);
    return 0;
  };
}

/** Stock F_SETFL can set O_NONBLOCK and never clears it, and F_GETFD always answers 0. */
function fcntl(module: () => PyodideModule, stock: HostImports[string] | undefined): HostImports[string] {
  return (fd: number, command: number, varargs: number) => {
    const stream = module().FS.getStream(fd);
    if (!stream) return stock?.(fd, command, varargs);
    const argument = () => module().HEAPU32[varargs >>> 2] ?? 0;
    switch (command) {
      case F_GETFD:
        return (stream.closeOnExec ?? (stream.flags & O_CLOEXEC) !== 0) ? FD_CLOEXEC : 0;
      case F_SETFD:
        stream.closeOnExec = (argument() & FD_CLOEXEC) !== 0;
        return 0;
      case F_SETFL:
        stream.flags = (stream.flags & ACCESS_MODE) | (argument() & ~ACCESS_MODE);
        return 0;
      default:
        return stock?.(fd, command, varargs);
    }
  };
}

function mknodOrSleep(
  module: () => PyodideModule,
  kernel: Kernel,
  stock: HostImports[string] | undefined,
): HostImports[string] {
  return (directory: number, path: number, mode: number, device: number) =>
    directory === SLEEP_DOOR
      ? sleep(module(), kernel, path, mode, device >>> 0)
      : stock?.(directory, path, mode, device);
}
