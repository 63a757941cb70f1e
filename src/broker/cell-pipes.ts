import { ptr } from "bun:ffi";
import { closeSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { WomaError } from "../errors.ts";
import type { Libc } from "../protocol/libc.ts";

/** What comes from a cell. */
interface CellPipeHandlers {
  data(chunk: Uint8Array): void;
  /** The cell has closed its output. */
  end(): void;
  /** Nothing comes any more. */
  closed(): void;
}

/** What node has made of the pipes; null where they are no streams. */
interface CellStreams {
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
}

/** The standard input and output of a cell, seen from the broker. */
export interface CellPipes {
  /** What the process is started with. */
  readonly stdio: readonly [number | "pipe", number | "pipe"];
  /** To be called once it has been, even in vain. */
  open(streams: CellStreams, handlers: CellPipeHandlers): void;
  /** `sent` is called when the system has all of it. */
  write(bytes: Uint8Array, sent: () => void): void;
}

export function createCellPipes(libc: Libc | null): CellPipes {
  return libc === null ? new StreamPipes() : new SocketPipes(libc);
}

/** A pair of sockets each way, which take a third of the system calls that node's streams take for a request. */
class SocketPipes implements CellPipes {
  readonly stdio: readonly [number, number];
  readonly #ends: readonly [number, number];
  #output: Bun.Socket | null = null;
  readonly #unsent: { bytes: Uint8Array; readonly sent: () => void }[] = [];
  #isClosed = false;

  constructor(libc: Libc) {
    const [input, cellInput] = socketPair(libc);
    const [output, cellOutput] = socketPair(libc);
    this.#ends = [input, output];
    this.stdio = [cellInput, cellOutput];
  }

  open(_streams: CellStreams, handlers: CellPipeHandlers): void {
    for (const fd of this.stdio) closeSync(fd);
    void this.#connect(handlers).catch(() => handlers.closed());
  }

  write(bytes: Uint8Array, sent: () => void): void {
    this.#unsent.push({ bytes, sent });
    this.#send();
  }

  async #connect(handlers: CellPipeHandlers): Promise<void> {
    const [input, output] = this.#ends;
    const noMore = () => {
      this.#isClosed = true;
    };
    // First the way out: an answer may be wanted at once.
    this.#output = await connectTo({
      fd: input,
      socket: { data() {}, drain: () => this.#send(), error: noMore, close: noMore },
    });
    this.#send();
    await connectTo({
      fd: output,
      socket: {
        data: (_socket, chunk) => handlers.data(chunk),
        end: () => handlers.end(),
        close: () => handlers.closed(),
        error() {},
      },
    });
  }

  #send(): void {
    if (this.#output === null) return;
    for (let first = this.#unsent[0]; first !== undefined; first = this.#unsent[0]) {
      // To a cell that has gone; its end is reported by its process.
      const written = this.#isClosed ? first.bytes.length : this.#output.write(first.bytes);
      if (written < 0) this.#isClosed = true;
      else if (written < first.bytes.length) {
        first.bytes = first.bytes.subarray(written);
        return;
      } else {
        this.#unsent.shift();
        first.sent();
      }
    }
  }
}

/** Bun's types have the options, and not the function that takes them. */
const connectTo = Bun.connect as unknown as (options: Bun.FdSocketOptions) => Promise<Bun.Socket>;

/** Where there are no such pairs. */
class StreamPipes implements CellPipes {
  readonly stdio = ["pipe", "pipe"] as const;
  #output: Writable | null = null;

  open({ stdin, stdout }: CellStreams, handlers: CellPipeHandlers): void {
    this.#output = stdin;
    // A write to a cell that has just died; its end is reported by its process.
    stdin?.on("error", () => {});
    stdout?.on("data", (chunk: Buffer) => handlers.data(chunk));
    stdout?.on("end", () => handlers.end());
    stdout?.on("close", () => handlers.closed());
  }

  write(bytes: Uint8Array, sent: () => void): void {
    this.#output?.write(bytes, sent);
  }
}

/** socketpair(2) of two streams, the broker's end first. */
function socketPair(libc: Libc): readonly [number, number] {
  const ends = new Int32Array(2);
  if (libc.socketpair(AF_UNIX, SOCK_STREAM, 0, ptr(ends)) !== 0) {
    throw new WomaError("the pipes to Python's process could not be made", {
      hint: "check the limits of this shell with `ulimit -a`: open files (-n)",
    });
  }
  for (const fd of ends) libc.fcntl(fd, F_SETFD, FD_CLOEXEC);
  return [ends[0] ?? -1, ends[1] ?? -1];
}

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
