import { ptr } from "bun:ffi";
import type { Libc } from "../../protocol/libc.ts";
import type { ErrnoName, StreamGrant } from "../../protocol/messages.ts";

const TCGETS = 0x5401;
const TCSETS = 0x5402;
const TCSETSW = 0x5403;
const TCSETSF = 0x5404;
const TCFLSH = 0x540b;
const TIOCGWINSZ = 0x5413;
const FIONREAD = 0x541b;

const TERMIOS_BYTES = 60;
const SIZES = new Map([
  [TCGETS, TERMIOS_BYTES],
  [TCSETS, TERMIOS_BYTES],
  [TCSETSW, TERMIOS_BYTES],
  [TCSETSF, TERMIOS_BYTES],
  [TCFLSH, 0],
  [TIOCGWINSZ, 8],
  [FIONREAD, 4],
]);

/** One of the broker's descriptors, and the terminal that it is, if it is one. */
export interface HostStream {
  readonly fd: number;
  readonly kind: StreamGrant["kind"];
  readonly terminal: TerminalControl | null;
}

/** What the broker has already read from a terminal and the cell has not. */
export interface TypeAhead {
  readonly queuedBytes: number;
  discard(): void;
}

/**
 * The user's terminal: mode requests are carried out on the broker's own descriptor, and the mode found at
 * the start is put back at the end whatever happened to the cell.
 */
export class TerminalControl {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #saved: Uint8Array;

  private constructor(libc: Libc, fd: number, saved: Uint8Array) {
    this.#libc = libc;
    this.#fd = fd;
    this.#saved = saved;
  }

  /** The terminal on the first of these descriptors that is one; null when none is, or not on Linux. */
  static open(libc: Libc | null, descriptors: readonly number[]): TerminalControl | null {
    // The cell speaks Linux's termios; macOS's structures differ.
    if (libc === null || process.platform !== "linux") return null;
    for (const fd of descriptors) {
      const mode = new Uint8Array(TERMIOS_BYTES);
      if (libc.isatty(fd) === 1 && libc.tcgetattr(fd, ptr(mode)) === 0) return new TerminalControl(libc, fd, mode);
    }
    return null;
  }

  /** Puts back the mode found at the start. */
  restore(): void {
    this.apply(this.#saved);
  }

  /** The mode as it is now, for `apply`. */
  save(): Uint8Array {
    const mode = new Uint8Array(TERMIOS_BYTES);
    this.#libc.tcgetattr(this.#fd, ptr(mode));
    return mode;
  }

  apply(mode: Uint8Array): void {
    this.#libc.tcsetattr(this.#fd, 0, ptr(mode));
  }

  control(fd: number, request: number, argument: number, given: Uint8Array, ahead: TypeAhead): Uint8Array | ErrnoName {
    const size = SIZES.get(request);
    if (size === undefined) return "EINVAL";
    if (given.length !== size) return "EINVAL";
    if (request === TCFLSH) {
      ahead.discard();
      return this.#libc.tcflush(fd, argument) === 0 ? given : "EINVAL";
    }
    // A Buffer's own slice would be a view of the frame.
    const structure = new Uint8Array(given);
    if (this.#perform(fd, request, structure, ahead) !== 0) return "EIO";
    if (request === FIONREAD) {
      const view = new DataView(structure.buffer);
      view.setInt32(0, view.getInt32(0, true) + ahead.queuedBytes, true);
    }
    return structure;
  }

  #perform(fd: number, request: number, structure: Uint8Array, ahead: TypeAhead): number {
    switch (request) {
      case TCGETS:
        return this.#libc.tcgetattr(fd, ptr(structure));
      case TCSETS:
      case TCSETSW:
      case TCSETSF:
        if (request === TCSETSF) ahead.discard();
        return this.#libc.tcsetattr(fd, request - TCSETS, ptr(structure));
      default:
        return this.#libc.ioctl(fd, request, ptr(structure));
    }
  }
}
