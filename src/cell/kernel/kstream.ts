import { NO_BYTES } from "../../protocol/framing.ts";
import { DATA_WINDOW_BYTES, INLINE_BYTES, type StreamGrant } from "../../protocol/messages.ts";
import type { FileStream, PyodideModule, StreamOperations } from "../emscripten.ts";
import { EIO } from "../errno.ts";
import type { Kernel } from "./request.ts";

const O_NONBLOCK = 2048;
const CHARACTER_DEVICE = 0o020000;
const FIFO = 0o010000;
const REGULAR = 0o100000;
const DIRECTORY = 0o040000;
const SOCKET = 0o140000;
const TERMINAL_MAJOR_MINOR = 0x8800;
const ACCESS_FLAGS = { read: 0, write: 1, both: 2 };

/** A handle to open as a stream: at this descriptor, or at the lowest that is free. */
export interface KstreamRequest extends Omit<StreamGrant, "fd"> {
  readonly fd?: number;
  readonly access: "read" | "write" | "both";
}

/** A broker's handle seen as an Emscripten stream, so that read, write, dup, close and fstat need nothing else. */
export function openKstream(module: PyodideModule, kernel: Kernel, grant: KstreamRequest): FileStream {
  const { FS } = module;
  const terminal = grant.kind === "terminal";
  const root = FS.createNode(null, "/", DIRECTORY | 0o755, 0);
  const node = FS.createNode(root, `kernel${grant.handle}`, modeOf(grant.kind), 0);
  if (grant.fd !== undefined && FS.getStream(grant.fd)) FS.closeStream(grant.fd);
  const stream = FS.createStream(
    {
      path: pathOf(grant),
      node,
      flags: ACCESS_FLAGS[grant.access],
      seekable: false,
      stream_ops: kstreamOperations(kernel),
    },
    grant.fd,
  );
  attachHandle(stream, grant.handle, terminal);
  stream.seekable = grant.kind === "file";
  return stream;
}

/** Makes a stream one on a broker's handle, which is closed with the last of its duplicates. */
export function attachHandle(stream: FileStream, handle: number, terminal: boolean): void {
  stream.shared.kernel = { handle, references: 1, terminal };
  stream.seekable = false;
  if (terminal) stream.tty = { ops: {} };
}

export function handleOf(module: PyodideModule, fd: number): number | undefined {
  return module.FS.getStream(fd)?.shared.kernel?.handle;
}

export function kstreamOperations(kernel: Kernel): Partial<StreamOperations> & Pick<StreamOperations, "dup" | "close"> {
  return {
    read: (stream, buffer, offset, length) => read(kernel, stream, slice(buffer, offset, length)),
    write: (stream, buffer, offset, length) => write(kernel, stream, slice(buffer, offset, length)),
    getattr: (stream) => attributes(stream),
    fsync: () => 0,
    llseek: (stream, offset, whence) =>
      kernel.ask({ op: "seek", handle: handle(kernel, stream), offset, whence }).fields.position,
    dup(stream) {
      if (stream.shared.kernel !== undefined) stream.shared.kernel.references += 1;
    },
    close(stream) {
      const shared = stream.shared.kernel;
      if (shared === undefined) return;
      shared.references -= 1;
      if (shared.references === 0) kernel.channel.call({ op: "close", handle: shared.handle });
    },
  };
}

function read(kernel: Kernel, stream: FileStream, target: Uint8Array): number {
  if (target.length === 0) return 0;
  const { fields, bytes } = kernel.ask({
    op: "read",
    handle: handle(kernel, stream),
    length: target.length,
    nonBlocking: (stream.flags & O_NONBLOCK) !== 0,
  });
  const got = fields.windowLength === undefined ? bytes : (kernel.window?.subarray(0, fields.windowLength) ?? NO_BYTES);
  if (got.length > target.length) throw kernel.error(EIO);
  target.set(got);
  return got.length;
}

function write(kernel: Kernel, stream: FileStream, source: Uint8Array): number {
  const throughWindow = kernel.window !== null && source.length > INLINE_BYTES;
  const sent = source.subarray(0, throughWindow ? DATA_WINDOW_BYTES : INLINE_BYTES);
  if (throughWindow) kernel.window?.set(sent);
  const { fields } = kernel.ask(
    {
      op: "write",
      handle: handle(kernel, stream),
      nonBlocking: (stream.flags & O_NONBLOCK) !== 0,
      windowLength: throughWindow ? sent.length : 0,
    },
    throughWindow ? NO_BYTES : sent,
  );
  return fields.written;
}

function handle(kernel: Kernel, stream: FileStream): number {
  const shared = stream.shared.kernel;
  if (shared === undefined) throw kernel.error(EIO);
  return shared.handle;
}

function slice(buffer: Int8Array, offset: number, length: number): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
}

function pathOf({ kind, handle }: KstreamRequest): string {
  if (kind === "terminal") return "/dev/tty";
  return `${kind === "socket" ? "socket" : "pipe"}:[${handle}]`;
}

function modeOf(kind: StreamGrant["kind"]): number {
  if (kind === "socket") return SOCKET | 0o777;
  if (kind === "terminal") return CHARACTER_DEVICE | 0o620;
  if (kind === "device") return CHARACTER_DEVICE | 0o666;
  return kind === "file" ? REGULAR | 0o644 : FIFO | 0o600;
}

function attributes({ node, shared }: FileStream): object {
  const now = new Date();
  return {
    dev: 1,
    ino: node.id,
    mode: node.mode,
    nlink: 1,
    uid: 0,
    gid: 0,
    rdev: shared.kernel?.terminal ? TERMINAL_MAJOR_MINOR : 0,
    size: 0,
    atime: now,
    mtime: now,
    ctime: now,
    blksize: 4096,
    blocks: 0,
  };
}
