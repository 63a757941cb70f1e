import type { ErrnoName, InterpreterFlags } from "../protocol/messages.ts";
import { PLAIN_FLAGS } from "../protocol/plain-flags.ts";
import { type KernelObject, POLLIN, POLLOUT } from "./kernel/objects.ts";
import type { ProgramRequest, ProgramResources } from "./program.ts";

/** A stream that is empty, and takes whatever is written. */
export class EmptyStream implements KernelObject {
  readonly kind = "device";

  read(): Uint8Array {
    return new Uint8Array(0);
  }

  write(bytes: Uint8Array): number {
    return bytes.length;
  }

  readiness(events: number): number {
    return events & (POLLIN | POLLOUT);
  }

  control(): ErrnoName {
    return "ENOTTY";
  }

  close(): void {}
}

/** What a program has that may reach nothing: no files, no packages, nobody to talk to. */
export const BARE_RESOURCES: ProgramResources = {
  streams: { 0: new EmptyStream(), 1: new EmptyStream(), 2: new EmptyStream() },
  neighbours: null,
  history: null,
  resolver: null,
  compiling: null,
  openPackages: () => null,
  bytecode: null,
  showFigure: () => null,
  openFiles: () => null,
  openNetwork: () => null,
  umask: 0o077,
  onMissing: () => {},
  openTerminal: () => null,
  notify: () => {},
  hint: () => {},
};

/** A program of woma's own, in the root directory of a cell. */
export const BARE_REQUEST: Omit<ProgramRequest, "program" | "limits"> = {
  argv: [""],
  commandLine: [],
  // Nothing is put on sys.path.
  flags: { ...PLAIN_FLAGS, safePath: true } satisfies InterpreterFlags,
  source: new Uint8Array(0),
  environment: {},
  workingDirectory: "/",
  homeDirectory: "/",
  timeZone: "UTC",
  ignoredSignals: [],
};
