import { isFailure } from "../../protocol/channel.ts";
import { INLINE_BYTES, type Request, type RequestOf } from "../../protocol/messages.ts";
import type { FileStream, HostImports, PyodideModule } from "../emscripten.ts";
import { EBADF, EINVAL, libcErrno } from "../errno.ts";
import { errnoOf } from "./errno-of.ts";
import { handleOf, openKstream } from "./kstream.ts";
import type { Kernel } from "./request.ts";
import { AF_INET, AF_INET6, AF_UNIX, type SocketAddresses } from "./socket-address.ts";

const SOCK_STREAM = 1;
const SOCK_PACKET = 10;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const IPPROTO_TCP = 6;
const O_NONBLOCK = 2048;
const MSG_PEEK = 2;
const MSG_DONTWAIT = 0x40;
const MSG_WAITALL = 0x100;
const SOL_SOCKET = 1;
const SO_TYPE = 3;
const SO_ERROR = 4;
const SO_PROTOCOL = 38;
const SO_DOMAIN = 39;

const ONLY_TCP = "woma's Python has TCP sockets only; socket.getaddrinfo looks names up";
const NO_LOCAL_PROGRAMS = "woma's Python reaches no sockets of programs on this machine; socket.socketpair works";

/**
 * The system calls of sockets, answered by the broker. Their numbers are Linux's, as musl has them.
 * `module` is filled once the module exists, which is before any call.
 */
export function socketCalls(module: () => PyodideModule, kernel: Kernel, addresses: SocketAddresses): HostImports {
  const calls = new SocketCalls(module, kernel, addresses);
  return {
    __syscall_socket: (domain: number, type: number, protocol: number) => calls.open(domain, type, protocol),
    __syscall_connect: (fd: number, address: number, length: number) => calls.connect(fd, address >>> 0, length),
    __syscall_sendto: (fd: number, from: number, length: number, flags: number) =>
      calls.send(fd, [[from >>> 0, length >>> 0]], flags),
    __syscall_sendmsg: (fd: number, message: number, flags: number) =>
      calls.send(fd, calls.vector(message >>> 0), flags),
    __syscall_recvfrom: (fd: number, to: number, length: number, flags: number, address: number, size: number) => {
      const received = calls.receive(fd, [[to >>> 0, length >>> 0]], flags);
      if (received >= 0 && address !== 0) module().HEAPU32[size >>> 2] = 0;
      return received;
    },
    __syscall_recvmsg: (fd: number, message: number, flags: number) => {
      const received = calls.receive(fd, calls.vector(message >>> 0), flags);
      if (received >= 0) calls.clearMessage(message >>> 0);
      return received;
    },
    __syscall_getsockopt: (fd: number, level: number, option: number, value: number, size: number) =>
      calls.option(fd, [level, option], value >>> 0, size >>> 0),
    __syscall_getsockname: (fd: number, address: number, size: number) =>
      calls.name(fd, "local", address >>> 0, size >>> 0),
    __syscall_getpeername: (fd: number, address: number, size: number) =>
      calls.name(fd, "peer", address >>> 0, size >>> 0),
    __syscall_accept4: () => -EINVAL,
    _try_shutdown: (fd: number, how: number, result: number) => {
      module().HEAP32[result >>> 2] = calls.ask(fd, (handle) => ({ op: "shutdown", handle, how }));
      return 1;
    },
    // What Pyodide would do through promises, which nothing settles while Python runs.
    _maybe_connect_async: () => null,
    _maybe_recvfrom_async: () => null,
    _maybe_sendto_async: () => null,
    _maybe_poll_async: () => null,
    _try_fcntl64: () => 0,
  };
}

const UNBOUND = { address: "0.0.0.0", port: 0 };

type Piece = readonly [address: number, length: number];

class SocketCalls {
  constructor(
    private readonly module: () => PyodideModule,
    private readonly kernel: Kernel,
    private readonly addresses: SocketAddresses,
  ) {}

  open(domain: number, type: number, protocol: number): number {
    if (domain !== AF_INET && domain !== AF_INET6) {
      return -this.kernel.failed({ errno: "EAFNOSUPPORT", ...(domain === AF_UNIX && { reason: NO_LOCAL_PROGRAMS }) });
    }
    const kind = type & ~SOCK_NONBLOCK & ~SOCK_CLOEXEC;
    if (kind <= 0 || kind > SOCK_PACKET) return -EINVAL;
    if (kind !== SOCK_STREAM) return -this.kernel.failed({ errno: "EPROTONOSUPPORT", reason: ONLY_TCP });
    if (protocol !== 0 && protocol !== IPPROTO_TCP) return -this.kernel.failed({ errno: "EPROTONOSUPPORT" });
    const { reply } = this.kernel.channel.call({ op: "socket", version: domain === AF_INET ? 4 : 6 });
    if (isFailure(reply)) return -this.kernel.failed(reply);
    const stream = openKstream(this.module(), this.kernel, { handle: reply.handle, kind: "socket", access: "both" });
    if ((type & SOCK_NONBLOCK) !== 0) stream.flags |= O_NONBLOCK;
    stream.closeOnExec = (type & SOCK_CLOEXEC) !== 0;
    stream.shared.family = domain;
    return stream.fd;
  }

  connect(fd: number, address: number, length: number): number {
    const target = this.addresses.read(address, length);
    if (target === null) return -libcErrno("EAFNOSUPPORT");
    const nonBlocking = this.#isNonBlocking(fd, 0);
    return this.ask(fd, (handle) => ({ op: "connect", handle, ...target, nonBlocking }));
  }

  /** Sends what fits; how much that was. */
  send(fd: number, pieces: readonly Piece[], flags: number): number {
    return this.#carry(fd, flags, (stream) => {
      let sent = 0;
      for (const [address, length] of pieces) {
        if (length === 0) continue;
        const written = this.#attempt(
          sent,
          () => stream.stream_ops.write?.(stream, this.#heap(), address, length, 0) ?? 0,
        );
        sent += written;
        if (written < length) break;
      }
      return sent;
    });
  }

  receive(fd: number, pieces: readonly Piece[], flags: number): number {
    if ((flags & MSG_PEEK) !== 0) return this.#peek(fd, pieces, flags);
    return this.#carry(fd, flags, (stream) => {
      let received = 0;
      for (let [address, length] of pieces) {
        while (length > 0) {
          // Only the first read waits, unless all is asked for.
          if (received > 0 && (flags & MSG_WAITALL) === 0) stream.flags |= O_NONBLOCK;
          const got = this.#attempt(
            received,
            () => stream.stream_ops.read?.(stream, this.#heap(), address, length, 0) ?? 0,
          );
          received += got;
          address += got;
          length -= got;
          if (got === 0) return received;
          if (length > 0 && (flags & MSG_WAITALL) === 0) return received;
        }
      }
      return received;
    });
  }

  /** The buffers of a struct msghdr. */
  vector(message: number): Piece[] {
    const { HEAPU32 } = this.module();
    const [start = 0, count = 0] = HEAPU32.subarray((message + 8) >>> 2, (message + 16) >>> 2);
    return Array.from({ length: count }, (_, index): Piece => {
      const [address = 0, length = 0] = HEAPU32.subarray((start >>> 2) + 2 * index, (start >>> 2) + 2 * index + 2);
      return [address, length];
    });
  }

  /** Neither an address nor ancillary data has come with it. */
  clearMessage(message: number): void {
    const { HEAPU32 } = this.module();
    for (const field of [4, 20, 24]) HEAPU32[(message + field) >>> 2] = 0;
  }

  option(fd: number, [level, option]: readonly [number, number], value: number, size: number): number {
    const stream = this.module().FS.getStream(fd);
    if (!stream) return -EBADF;
    if (stream.shared.kernel === undefined) return -libcErrno("ENOTSOCK");
    const known = level === SOL_SOCKET ? this.#socketOption(stream, option) : undefined;
    if (known === undefined) return -libcErrno("ENOPROTOOPT");
    if (known < 0) return known;
    this.module().HEAP32[value >>> 2] = known;
    this.module().HEAPU32[size >>> 2] = 4;
    return 0;
  }

  name(fd: number, side: "local" | "peer", address: number, size: number): number {
    const handle = handleOf(this.module(), fd);
    if (handle === undefined) return this.module().FS.getStream(fd) ? -libcErrno("ENOTSOCK") : -EBADF;
    const { reply } = this.kernel.channel.call({ op: "socket-names", handle });
    if (isFailure(reply)) return -this.kernel.failed(reply);
    const isNameless = this.module().FS.getStream(fd)?.shared.family === AF_UNIX;
    if (side === "peer" && reply.peer === null && !isNameless) return -libcErrno("ENOTCONN");
    const found = reply[side] ?? UNBOUND;
    this.module().HEAPU32[size >>> 2] = isNameless
      ? this.addresses.writeNone(address)
      : this.addresses.write(address, found);
    return 0;
  }

  /** A request about a socket that answers nothing but whether it worked. */
  ask(fd: number, request: (handle: number) => Request): number {
    const handle = handleOf(this.module(), fd);
    if (handle === undefined) return this.module().FS.getStream(fd) ? -libcErrno("ENOTSOCK") : -EBADF;
    const { reply } = this.kernel.channel.call(request(handle) as RequestOf<"shutdown">);
    return isFailure(reply) ? -this.kernel.failed(reply) : 0;
  }

  #socketOption(stream: FileStream, option: number): number | undefined {
    switch (option) {
      case SO_TYPE:
        return SOCK_STREAM;
      case SO_DOMAIN:
        return stream.shared.family ?? AF_INET;
      case SO_PROTOCOL:
        return IPPROTO_TCP;
      case SO_ERROR: {
        const handle = stream.shared.kernel?.handle ?? 0;
        const { reply } = this.kernel.channel.call({ op: "socket-error", handle });
        if (isFailure(reply)) return -this.kernel.failed(reply);
        if (reply.error === null) return 0;
        return this.kernel.failed({ errno: reply.error, ...(reply.reason && { reason: reply.reason }) });
      }
      default:
        return undefined;
    }
  }

  #peek(fd: number, pieces: readonly Piece[], flags: number): number {
    const [address, length] = pieces[0] ?? [0, 0];
    const handle = handleOf(this.module(), fd);
    if (handle === undefined) return -libcErrno("ENOTSOCK");
    const nonBlocking = this.#isNonBlocking(fd, flags);
    const request = { op: "peek", handle, length: Math.min(length, INLINE_BYTES), nonBlocking } as const;
    const { reply, bytes } = this.kernel.channel.call(request);
    if (isFailure(reply)) return -this.kernel.failed(reply);
    this.module().HEAPU8.set(bytes.subarray(0, length), address);
    return Math.min(bytes.length, length);
  }

  #carry(fd: number, flags: number, act: (stream: FileStream) => number): number {
    const stream = this.module().FS.getStream(fd);
    if (!stream) return -EBADF;
    if (stream.shared.kernel === undefined) return -libcErrno("ENOTSOCK");
    const before = stream.flags;
    if ((flags & MSG_DONTWAIT) !== 0) stream.flags |= O_NONBLOCK;
    try {
      return errnoOf(() => act(stream));
    } finally {
      stream.flags = before;
    }
  }

  /** What has been done counts, and not what stopped it. */
  #attempt(done: number, act: () => number): number {
    try {
      return act();
    } catch (error) {
      if (done === 0) throw error;
      return 0;
    }
  }

  #isNonBlocking(fd: number, flags: number): boolean {
    return (flags & MSG_DONTWAIT) !== 0 || ((this.module().FS.getStream(fd)?.flags ?? 0) & O_NONBLOCK) !== 0;
  }

  #heap(): Int8Array {
    return this.module().HEAP8;
  }
}
