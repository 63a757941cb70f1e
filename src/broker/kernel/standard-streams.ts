import { fstatSync } from "node:fs";
import { isatty } from "node:tty";
import type { Libc } from "../../protocol/libc.ts";
import type { StreamGrant } from "../../protocol/messages.ts";
import { HostInput } from "./host-input.ts";
import { HostOutput, OutputQueue } from "./host-output.ts";
import { TerminalControl } from "./terminal.ts";

/** The broker's own descriptors 0, 1 and 2, as a program's streams. */
export interface StandardStreams {
  readonly objects: { readonly 0: HostInput; readonly 1: HostOutput; readonly 2: HostOutput };
  /** The terminal among them; null when there is none. */
  readonly terminal: TerminalControl | null;
  /** Resolves when all that the program wrote has been written. */
  drained(): Promise<void>;
}

/** `wake` is called whenever one of them may have become ready. */
export function openStandardStreams(libc: Libc | null, wake: () => void): StandardStreams {
  const terminal = TerminalControl.open(libc, [0, 1, 2]);
  const queue = new OutputQueue(wake);
  const stream = (fd: 0 | 1 | 2) => ({ fd, kind: kindOf(fd), terminal: isatty(fd) ? terminal : null });
  return {
    objects: {
      0: new HostInput(stream(0), libc, wake),
      1: new HostOutput(stream(1), queue, libc),
      2: new HostOutput(stream(2), queue, libc),
    },
    terminal,
    drained: () => queue.drained(),
  };
}

function kindOf(fd: 0 | 1 | 2): StreamGrant["kind"] {
  if (isatty(fd)) return "terminal";
  const status = fstatSync(fd);
  if (status.isFile()) return "file";
  return status.isCharacterDevice() ? "device" : "pipe";
}
