import { closeSync, fstatSync, openSync } from "node:fs";
import { isatty } from "node:tty";
import type { Libc } from "../../protocol/libc.ts";
import type { ErrnoName, StreamGrant } from "../../protocol/messages.ts";
import { HostInput } from "./host-input.ts";
import { HostOutput, OutputQueue } from "./host-output.ts";
import type { KernelObject } from "./objects.ts";
import { type HostStream, TerminalControl } from "./terminal.ts";

/** The broker's own descriptors 0, 1 and 2, as a program's streams. */
export interface StandardStreams {
  readonly objects: { readonly 0: HostInput; readonly 1: HostOutput; readonly 2: HostOutput };
  /** The terminal among them; null when there is none. */
  readonly terminal: TerminalControl | null;
  /** /dev/tty: the terminal among the three, else the process's own; null when it has none. */
  openTerminal(): KernelObject | null;
  /** Whether the last that a program showed on the terminal is no whole line. */
  lineIsOpen(): boolean;
  /** Resolves when all that the program wrote has been written. */
  drained(): Promise<void>;
}

/** `wake` is called whenever one of them may have become ready. */
export function openStandardStreams(libc: Libc | null, wake: () => void): StandardStreams {
  const terminal = TerminalControl.open(libc, [0, 1, 2]);
  const queue = new OutputQueue(wake);
  const stream = (fd: 0 | 1 | 2) => ({ fd, kind: kindOf(fd), terminal: isatty(fd) ? terminal : null });
  const objects = {
    0: new HostInput(stream(0), libc, wake),
    1: new HostOutput(stream(1), queue, libc),
    2: new HostOutput(stream(2), queue, libc),
  };
  return {
    objects,
    terminal,
    openTerminal() {
      const own = openControllingTerminal();
      if (own === null) return null;
      const tty: HostStream = { fd: own, kind: "terminal", terminal: terminal ?? TerminalControl.open(libc, [own]) };
      // What has been typed ahead is in the input that the terminal already has.
      const input = objects[0].kind === "terminal" ? objects[0] : new HostInput(tty, libc, wake);
      return new BothWays(input, new HostOutput(tty, queue, libc), () => closeSync(own));
    },
    lineIsOpen: () => queue.lineIsOpen,
    drained: () => queue.drained(),
  };
}

/** A terminal is read and written through one handle. */
class BothWays implements KernelObject {
  readonly kind = "terminal";

  constructor(
    private readonly input: HostInput,
    private readonly output: HostOutput,
    readonly close: () => void,
  ) {}

  read(length: number): Uint8Array | ErrnoName | undefined {
    return this.input.read(length);
  }

  write(bytes: Uint8Array): number | ErrnoName | undefined {
    return this.output.write(bytes);
  }

  readiness(events: number, waiting: boolean): number {
    return this.input.readiness(events, waiting) | this.output.readiness(events);
  }

  control(request: number, argument: number, bytes: Uint8Array): Uint8Array | ErrnoName {
    return this.input.control(request, argument, bytes);
  }
}

function openControllingTerminal(): number | null {
  try {
    return openSync("/dev/tty", "r+");
  } catch {
    return null;
  }
}

function kindOf(fd: 0 | 1 | 2): StreamGrant["kind"] {
  if (isatty(fd)) return "terminal";
  const status = fstatSync(fd);
  if (status.isFile()) return "file";
  return status.isCharacterDevice() ? "device" : "pipe";
}
