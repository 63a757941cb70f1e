import type { ErrnoName } from "../../protocol/messages.ts";
import { type KernelObject, POLLERR, POLLHUP, POLLIN, POLLOUT } from "./objects.ts";

/** Linux's size of a pipe. */
const CAPACITY_BYTES = 65536;
/** A write of at most this much goes in whole or not at all (POSIX's PIPE_BUF). */
const ATOMIC_BYTES = 4096;

/** The two ends of a new pipe(2). An end lives until it is closed, or its process is gone. */
export function createPipe(wake: () => void): { reader: KernelObject; writer: KernelObject } {
  const pipe = new Pipe(wake);
  return { reader: new PipeReader(pipe), writer: new PipeWriter(pipe) };
}

class Pipe {
  readonly chunks: Uint8Array[] = [];
  bytes = 0;
  readerOpen = true;
  writerOpen = true;

  constructor(readonly wake: () => void) {}

  /** Small ones are put together: a pipe full of single bytes would hold thirty times as much. */
  push(bytes: Uint8Array): void {
    const last = this.chunks.at(-1);
    if (last === undefined || last.length + bytes.length > ATOMIC_BYTES) this.chunks.push(bytes);
    else this.chunks[this.chunks.length - 1] = Buffer.concat([last, bytes]);
  }
}

class PipeReader implements KernelObject {
  readonly kind = "pipe";

  constructor(private readonly pipe: Pipe) {}

  read(length: number): Uint8Array | undefined {
    const first = this.pipe.chunks[0];
    if (first === undefined) return this.pipe.writerOpen ? undefined : new Uint8Array(0);
    const taken = first.subarray(0, length);
    if (taken.length === first.length) this.pipe.chunks.shift();
    else this.pipe.chunks[0] = first.subarray(length);
    this.pipe.bytes -= taken.length;
    this.pipe.wake();
    return taken;
  }

  write(): ErrnoName {
    return "EBADF";
  }

  readiness(events: number): number {
    const readable = this.pipe.bytes > 0 ? events & POLLIN : 0;
    return this.pipe.writerOpen ? readable : readable | POLLHUP;
  }

  control(): ErrnoName {
    return "ENOTTY";
  }

  close(): void {
    this.pipe.readerOpen = false;
    this.pipe.wake();
  }
}

class PipeWriter implements KernelObject {
  readonly kind = "pipe";

  constructor(private readonly pipe: Pipe) {}

  read(): ErrnoName {
    return "EBADF";
  }

  write(bytes: Uint8Array): number | ErrnoName | undefined {
    if (!this.pipe.readerOpen) return "EPIPE";
    const room = CAPACITY_BYTES - this.pipe.bytes;
    if (room < Math.min(bytes.length, ATOMIC_BYTES)) return undefined;
    // A copy: the bytes may lie in the window that the cell writes next.
    const taken = new Uint8Array(bytes.subarray(0, room));
    if (taken.length === 0) return 0;
    this.pipe.push(taken);
    this.pipe.bytes += taken.length;
    this.pipe.wake();
    return taken.length;
  }

  readiness(events: number): number {
    if (!this.pipe.readerOpen) return (events & POLLOUT) | POLLERR;
    return CAPACITY_BYTES - this.pipe.bytes >= ATOMIC_BYTES ? events & POLLOUT : 0;
  }

  control(): ErrnoName {
    return "ENOTTY";
  }

  close(): void {
    this.pipe.writerOpen = false;
    this.pipe.wake();
  }
}
