import { read } from "node:fs";
import type { Libc } from "../../protocol/libc.ts";
import type { ErrnoName, StreamGrant } from "../../protocol/messages.ts";
import { errnoNameOf } from "./errno.ts";
import { pollNow } from "./host-poll.ts";
import { seekHost } from "./host-seek.ts";
import { type KernelObject, POLLHUP, POLLIN } from "./objects.ts";
import type { HostStream } from "./terminal.ts";

const SEEK_CUR = 1;
const READ_BYTES = 256 * 1024;

/** One of the broker's own descriptors as a cell's input. It is read only when the cell asks for bytes. */
export class HostInput implements KernelObject {
  readonly #chunks: Uint8Array[] = [];
  #reading = false;
  #ended = false;
  #failure: ErrnoName | null = null;

  constructor(
    private readonly stream: HostStream,
    private readonly libc: Libc | null,
    private readonly wake: () => void,
  ) {}

  get kind(): StreamGrant["kind"] {
    return this.stream.kind;
  }

  read(length: number): Uint8Array | ErrnoName | undefined {
    const first = this.#chunks[0];
    if (first !== undefined) {
      if (first.length > length) this.#chunks[0] = first.subarray(length);
      else this.#chunks.shift();
      return first.subarray(0, length);
    }
    if (this.#failure !== null) return this.#failure;
    if (this.#ended) {
      // A terminal's Ctrl-D ends one read, not the terminal.
      if (this.kind === "terminal") this.#ended = false;
      return new Uint8Array(0);
    }
    this.#demand(length);
    return undefined;
  }

  write(): ErrnoName {
    return "EBADF";
  }

  readiness(events: number, waiting: boolean): number {
    if ((events & POLLIN) === 0) return 0;
    if (this.#chunks.length > 0 || this.#ended || this.#failure !== null) return POLLIN;
    if (!this.#reading && (pollNow(this.libc, this.stream.fd, POLLIN) & (POLLIN | POLLHUP)) !== 0) return POLLIN;
    if (waiting) this.#demand(READ_BYTES);
    return 0;
  }

  control(request: number, argument: number, bytes: Uint8Array): Uint8Array | ErrnoName {
    if (this.stream.terminal === null) return "ENOTTY";
    return this.stream.terminal.control(this.stream.fd, request, argument, bytes, {
      queuedBytes: this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0),
      discard: () => this.#chunks.splice(0),
    });
  }

  /** What has been read ahead is forgotten: the program's position is that much before the file's. */
  seek(offset: number, whence: number): number | ErrnoName {
    const ahead = this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const position = seekHost(this.libc, this.stream, whence === SEEK_CUR ? offset - ahead : offset, whence);
    if (typeof position === "number") {
      this.#chunks.splice(0);
      this.#ended = false;
    }
    return position;
  }

  close(): void {}

  #demand(length: number): void {
    if (this.#reading) return;
    this.#reading = true;
    const buffer = Buffer.allocUnsafe(Math.min(Math.max(length, 1), READ_BYTES));
    read(this.stream.fd, buffer, 0, buffer.length, null, (error, count) => {
      this.#reading = false;
      if (error !== null) {
        if (error.code === "EAGAIN" || error.code === "EINTR") {
          setTimeout(() => this.#demand(length), 5);
          return;
        }
        // EIO: the terminal went away; its reader sees an end, as after a hang-up.
        if (error.code === "EIO" || error.code === "EOF") this.#ended = true;
        else this.#failure = errnoNameOf(error);
      } else if (count === 0) this.#ended = true;
      else this.#chunks.push(buffer.subarray(0, count));
      this.wake();
    });
  }
}
