import { NO_BYTES } from "../../protocol/framing.ts";
import type { Request } from "../../protocol/messages.ts";
import type { PyodideModule, StreamOperations } from "../emscripten.ts";
import { EBADF, EINVAL, ENOSPC, ENXIO } from "../errno.ts";
import type { Archives } from "./archives.ts";
import { attachHandle, handleOf, kstreamOperations, openKstream } from "./kstream.ts";
import type { Kernel } from "./request.ts";
import { AF_UNIX } from "./socket-address.ts";

const WOMA_MAJOR = 70;

interface Surroundings {
  readonly module: PyodideModule;
  readonly kernel: Kernel;
  readonly archives: Archives;
}

/**
 * Replaces Emscripten's own terminal devices, which would read and write the frame pipe, by ones on the
 * program's streams, and adds the device by which woma's Python asks the broker.
 */
export function installDevices({ module, kernel, archives }: Surroundings): void {
  for (const name of ["tty1", "console"]) removeDevice(module, name);
  const devices = {
    woma: requestOperations({ module, kernel, archives }),
    stdin: streamDevice(module, kernel, 0),
    stdout: streamDevice(module, kernel, 1),
    stderr: streamDevice(module, kernel, 2),
    tty: terminalDevice(kernel),
    zero: zeroOperations(() => 0),
    full: zeroOperations(() => {
      throw kernel.error(ENOSPC);
    }),
  };
  for (const [minor, [name, operations]] of Object.entries(devices).entries()) {
    addDevice(module, { name, minor, operations });
  }
}

interface Device {
  readonly name: string;
  readonly minor: number;
  readonly operations: Partial<StreamOperations>;
}

function addDevice(module: PyodideModule, { name, minor, operations }: Device): void {
  const device = module.FS.makedev(WOMA_MAJOR, minor);
  module.FS.registerDevice(device, operations);
  removeDevice(module, name);
  module.FS.mkdev(`/dev/${name}`, 0o666, device);
}

function removeDevice(module: PyodideModule, name: string): void {
  // A link counts even when what it points to has gone.
  if (module.FS.readdir("/dev").includes(name)) module.FS.unlink(`/dev/${name}`);
}

/** /dev/stdin and its like: each opening is another stream on the same handle, which it never closes. */
function streamDevice(module: PyodideModule, kernel: Kernel, fd: number): Partial<StreamOperations> {
  const { close, ...operations } = deviceOperations(kernel);
  return {
    ...operations,
    open(stream) {
      const granted = module.FS.getStream(fd)?.shared.kernel;
      if (granted === undefined) throw kernel.error(ENXIO);
      attachHandle(stream, granted.handle, granted.terminal);
    },
  };
}

/** /dev/tty: the user's terminal, whatever the streams are. */
function terminalDevice(kernel: Kernel): Partial<StreamOperations> {
  return {
    ...deviceOperations(kernel),
    open: (stream) => attachHandle(stream, kernel.ask({ op: "terminal" }).fields.handle, true),
  };
}

/** A device's attributes are its node's own. */
function deviceOperations(kernel: Kernel): Partial<StreamOperations> {
  const { getattr, ...operations } = kstreamOperations(kernel);
  return operations;
}

/** /dev/zero, and /dev/full, which differs in what a write does. */
function zeroOperations(write: () => 0): Partial<StreamOperations> {
  return {
    read(_stream, buffer, offset, length) {
      buffer.fill(0, offset, offset + length);
      return length;
    },
    write: (_stream, _buffer, _offset, length) => length + write(),
  };
}

const NEWLINE = 10;

/** One write is a request, JSON then a newline then bytes; the reads after it give the reply in the same form. */
function requestOperations({ module, kernel, archives }: Surroundings): Partial<StreamOperations> {
  return {
    open(stream) {
      stream.seekable = false;
    },
    write(stream, buffer, offset, length) {
      const given = new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
      const end = given.indexOf(NEWLINE);
      if (end < 0) throw kernel.error(EINVAL);
      const asked = JSON.parse(new TextDecoder().decode(given.subarray(0, end))) as LocalRequest | Request;
      const { reply, bytes } =
        asked.op === "adopt"
          ? { reply: adopt(module, kernel, asked), bytes: NO_BYTES }
          : kernel.channel.call(withHandle(module, kernel, asked), given.slice(end + 1));
      // In place before Python hears of them.
      if ("archives" in reply) archives.mount(reply.archives);
      const head = new TextEncoder().encode(`${JSON.stringify(reply)}\n`);
      stream.reply = new Uint8Array(head.length + bytes.length);
      stream.reply.set(head);
      stream.reply.set(bytes, head.length);
      return length;
    },
    read(stream, buffer, offset, length) {
      const part = (stream.reply ?? new Uint8Array(0)).subarray(0, length);
      new Uint8Array(buffer.buffer, buffer.byteOffset + offset, part.length).set(part);
      stream.reply = (stream.reply ?? part).subarray(part.length);
      return part.length;
    },
  };
}

/** Answered in the cell: a handle gets a descriptor. */
interface LocalRequest {
  readonly op: "adopt";
  readonly handle: number;
}

function adopt(module: PyodideModule, kernel: Kernel, { handle }: LocalRequest): { readonly descriptor: number } {
  const stream = openKstream(module, kernel, { handle, kind: "socket", access: "both" });
  stream.closeOnExec = true;
  stream.shared.family = AF_UNIX;
  return { descriptor: stream.fd };
}

/** Python knows descriptors, the broker handles. */
function withHandle(module: PyodideModule, kernel: Kernel, asked: Request & { descriptor?: number }): Request {
  const { descriptor, ...request } = asked;
  if (descriptor === undefined) return asked;
  const handle = handleOf(module, descriptor);
  if (handle === undefined) throw kernel.error(EBADF);
  return { ...request, handle } as Request;
}
