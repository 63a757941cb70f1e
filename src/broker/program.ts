import type { InterpreterFlags, Program } from "../protocol/messages.ts";
import type { PackageRun } from "../pyodide-manager/package-run.ts";
import type { Resolver } from "../pyodide-manager/resolve/resolver-task.ts";
import type { Bytecode } from "./bytecode.ts";
import type { CellEnd } from "./cell-process.ts";
import type { ArchiveTable } from "./kernel/archives.ts";
import type { CompileQueue } from "./kernel/compile-queue.ts";
import type { Files } from "./kernel/files.ts";
import type { History } from "./kernel/history.ts";
import type { Neighbours } from "./kernel/neighbours.ts";
import type { KernelObject } from "./kernel/objects.ts";
import type { ProgramNetwork } from "./network/program-network.ts";
import type { SignalNumber } from "./signals.ts";

/** Everything one program is started with. */
export interface ProgramRequest {
  readonly program: Program;
  readonly argv: readonly string[];
  /** sys.orig_argv, without the executable. */
  readonly commandLine: readonly string[];
  readonly flags: InterpreterFlags;
  /** The script's text; empty for the other kinds of program. */
  readonly source: Uint8Array;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly homeDirectory: string;
  readonly timeZone: string;
  /** Signals that woma was started with as ignored. */
  readonly ignoredSignals: readonly SignalNumber[];
  readonly limits: Limits;
}

export interface Limits {
  /** Wall-clock time of the program, from its start; null for none. */
  readonly timeoutMs: number | null;
  /** Processor time of its process, from its start; null for none. */
  readonly cpuTimeMs: number | null;
  readonly memoryLimitBytes: number;
  /** What it may print, on all outputs together; null for no limit. */
  readonly maximumOutputBytes: number | null;
  readonly maximumOpenFiles: number;
}

/** What the program may reach: its three streams, the modules beside it, the prompt's history. */
export interface ProgramResources {
  readonly streams: Readonly<Record<0 | 1 | 2, KernelObject>>;
  readonly neighbours: { readonly directory: string; readonly modules: Neighbours } | null;
  readonly history: History | null;
  /** What answers the solver; null for every other program. */
  readonly resolver: Resolver | null;
  /** What a program that compiles is given to do, and the wheels for it; null for every other program. */
  readonly compiling: { readonly queue: CompileQueue; readonly archives: ArchiveTable } | null;
  /** Packages for this program alone; null for none. */
  openPackages(): PackageRun | null;
  /** Compiled code of packages; null for none. */
  readonly bytecode: Bytecode | null;
  /** Shows a picture, in PNG; where, when that is a file. */
  showFigure(png: Uint8Array): string | null;
  /** The user's files that were granted, for this program alone; null for none. Throws WomaError. */
  openFiles(): Files | null;
  /** Connections for this program alone; null for none. */
  openNetwork(): ProgramNetwork | null;
  /** The permissions that new files are made without. */
  readonly umask: number;
  /** The program did not find a file of this name. */
  onMissing(path: string): void;
  /** The user's terminal as an object of its own; null when there is none. */
  openTerminal(): KernelObject | null;
  /** Tells the user something about the run that is no error. */
  notify(text: string): void;
  /** Tells the user what would help the program. */
  hint(text: string): void;
}

export type ProgramEnd =
  | { readonly how: "exited"; readonly status: number; readonly again: boolean }
  | { readonly how: "signalled"; readonly signal: SignalNumber }
  | { readonly how: "timed-out"; readonly timeoutMs: number }
  | { readonly how: "out-of-memory"; readonly limitBytes: number }
  | { readonly how: "out-of-cpu-time"; readonly cpuTimeMs: number }
  | { readonly how: "too-much-output"; readonly maximumBytes: number }
  | { readonly how: "killed"; readonly reason: string; readonly signal: SignalNumber }
  /** The cell's wall could not be built, or does not hold: nothing was run. */
  | { readonly how: "unconfined"; readonly reason: string }
  | { readonly how: "died"; readonly end: CellEnd };
