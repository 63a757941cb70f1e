import { write, writeSync } from "node:fs";
import type { Libc } from "../../protocol/libc.ts";
import type { ErrnoName, StreamGrant } from "../../protocol/messages.ts";
import { errnoNameOf } from "./errno.ts";
import { pollNow } from "./host-poll.ts";
import { seekHost } from "./host-seek.ts";
import { type KernelObject, POLLERR, POLLOUT } from "./objects.ts";
import type { HostStream } from "./terminal.ts";
import { TerminalFilter } from "./terminal-filter.ts";

/** A pipe that polls writable takes this much without blocking (POSIX's PIPE_BUF, Linux's value). */
const ATOMIC_BYTES = 4096;

const LINE_FEED = 10;

/**
 * The broker's outputs, written in the order in which the cell wrote them whatever the descriptor, since
 * both often end in one terminal or pipe. At most one write is under way: the next is taken when it is done.
 */
export class OutputQueue {
  #underWay: Promise<void> | null = null;

  /** What all of them show on the terminal is one stream to it, which an escape sequence may be cut across. */
  readonly terminalFilter = new TerminalFilter();

  /** The last that was shown on the terminal is no whole line. */
  lineIsOpen = false;

  constructor(readonly wake: () => void) {}

  get busy(): boolean {
    return this.#underWay !== null;
  }

  start(work: Promise<void>): void {
    this.#underWay = work.finally(() => {
      this.#underWay = null;
      this.wake();
    });
  }

  /** Resolves when nothing more is waiting to be written. */
  async drained(): Promise<void> {
    while (this.#underWay !== null) await this.#underWay;
  }
}

/**
 * One of the broker's own descriptors as a cell's output. What cannot block is written at once, so that its
 * error is that write's; the rest goes through the thread pool, so that a slow reader never stops the broker,
 * and its error is the next write's.
 */
export class HostOutput implements KernelObject {
  #failure: ErrnoName | null = null;

  constructor(
    private readonly stream: HostStream,
    private readonly queue: OutputQueue,
    private readonly libc: Libc | null,
  ) {}

  get kind(): StreamGrant["kind"] {
    return this.stream.kind;
  }

  /** The reader has gone away: the program would have died of SIGPIPE. */
  get broken(): boolean {
    return this.#failure === "EPIPE";
  }

  read(): ErrnoName {
    return "EBADF";
  }

  write(bytes: Uint8Array): number | ErrnoName | undefined {
    if (this.#failure !== null) return this.#failure;
    if (this.queue.busy) return undefined;
    if (bytes.length === 0) return 0;
    if (this.kind === "file" || this.kind === "device") return this.#writeNow(bytes);
    if (this.kind === "terminal") return this.#show(bytes);
    if (bytes.length <= ATOMIC_BYTES && this.#pollsWritable()) return this.#writeNow(bytes);
    const copy = Buffer.from(bytes);
    this.queue.start(this.#writeAll(copy));
    return copy.length;
  }

  /** A program's escape sequences are not all for the user's terminal. */
  #show(bytes: Uint8Array): number | ErrnoName {
    // A copy: in the window, the cell could put other bytes in their place after they were judged.
    const shown = this.queue.terminalFilter.filter(new Uint8Array(bytes));
    const atOnce = shown.length <= ATOMIC_BYTES && this.#pollsWritable() ? this.#writeNow(shown) : 0;
    if (typeof atOnce === "string" && atOnce !== "EAGAIN") return atOnce;
    if (shown.length > 0) this.queue.lineIsOpen = shown.at(-1) !== LINE_FEED;
    const left = shown.subarray(typeof atOnce === "string" ? 0 : atOnce);
    if (left.length > 0) this.queue.start(this.#writeAll(left));
    return bytes.length;
  }

  readiness(events: number): number {
    return this.queue.busy ? 0 : events & POLLOUT;
  }

  control(request: number, argument: number, bytes: Uint8Array): Uint8Array | ErrnoName {
    if (this.stream.terminal === null) return "ENOTTY";
    return this.stream.terminal.control(this.stream.fd, request, argument, bytes, {
      queuedBytes: 0,
      discard: () => {},
    });
  }

  seek(offset: number, whence: number): number | ErrnoName {
    return seekHost(this.libc, this.stream, offset, whence);
  }

  close(): void {}

  #writeNow(bytes: Uint8Array): number | ErrnoName {
    try {
      return writeSync(this.stream.fd, bytes);
    } catch (error) {
      const name = errnoNameOf(error);
      if (name === "EPIPE") this.#failure = name;
      return name;
    }
  }

  /** Whether a small write returns at once: it fits, or fails because the reader has gone. */
  #pollsWritable(): boolean {
    return (pollNow(this.libc, this.stream.fd, POLLOUT) & (POLLOUT | POLLERR)) !== 0;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length; ) {
      const { error, count } = await writeOnce(this.stream.fd, bytes, offset);
      if (error === null) offset += count;
      else if (error.code === "EAGAIN") await Bun.sleep(2);
      else if (error.code !== "EINTR") {
        this.#failure = errnoNameOf(error);
        return;
      }
    }
  }
}

function writeOnce(
  fd: number,
  bytes: Uint8Array,
  offset: number,
): Promise<{ error: NodeJS.ErrnoException | null; count: number }> {
  return new Promise((resolve) => {
    write(fd, bytes, offset, bytes.length - offset, null, (error, count) => resolve({ error, count }));
  });
}
