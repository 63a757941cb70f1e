import type { Failure, Replies, Request, RequestOf } from "../../protocol/messages.ts";
import type { Resolver } from "../../pyodide-manager/resolve/resolver-task.ts";
import type { ProgramNetwork } from "../network/program-network.ts";
import type { ProgramPackages } from "../program-packages.ts";
import type { HeldBytes } from "../xhr/request-body.ts";
import type { ArchiveTable } from "./archives.ts";
import type { IntervalTimer } from "./clock.ts";
import type { CompileQueue } from "./compile-queue.ts";
import type { Figures } from "./figures.ts";
import type { Files } from "./files.ts";
import type { History } from "./history.ts";
import type { Neighbours } from "./neighbours.ts";
import type { HandleTable, KernelObject } from "./objects.ts";
import type { TlsContexts } from "./tls-contexts.ts";
import type { Waiters } from "./waiters.ts";

/** What one process's requests are answered from, and whom they tell. */
export interface ProcessContext {
  readonly handles: HandleTable;
  readonly waiters: Waiters;
  readonly timer: IntervalTimer;
  readonly neighbours: Neighbours | null;
  /** The files on the program's mounts; null for none. */
  readonly files: Files | null;
  readonly history: History | null;
  /** Its connections; null for a program that may reach nothing. */
  readonly network: ProgramNetwork | null;
  /** What is held of the bodies of its HTTP requests. */
  readonly heldBodies: HeldBytes;
  /** Wheels, and compiled code, that the program has. */
  readonly archives: ArchiveTable;
  readonly packages: Pick<ProgramPackages, "provide" | "install">;
  readonly figures: Figures;
  readonly tlsContexts: TlsContexts;
  /** The certificates, in PEM, that stand for woma's own by the user's will; null for none. */
  readonly tlsRoots: () => Promise<string | null>;
  /** What a cell that compiles is to compile; null for all others. */
  readonly compiler: CompileQueue | null;
  /** What answers a cell that resolves requirements; null for all others. */
  readonly resolver: Resolver | null;
  /** The user's terminal as another object; null when there is none. */
  readonly openTerminal: () => KernelObject | null;
  /** The data window shared with the cell; null where there is no shared memory. */
  readonly window: Uint8Array | null;
  /** A signal waits for the cell: requests that block are answered EINTR. */
  readonly signalPending: () => boolean;
  /** The program did not find this file: what the user is told of it is none of the program's business. */
  readonly onMissing: (path: string) => void;
  /** Nor one of its libraries this module. */
  readonly onMissingModule: (module: string) => void;
  /** The program has ended of a MemoryError. */
  readonly onOutOfMemory: () => void;
  readonly onHello: (request: RequestOf<"hello">) => void;
  readonly onUnconfined: (request: RequestOf<"unconfined">) => void;
  readonly onSignals: (handled: readonly number[], ignored: readonly number[]) => void;
  readonly onExit: (request: RequestOf<"exit">) => void;
}

export type Reply = <Op extends Request["op"]>(op: Op, fields: Replies[Op] | Failure, bytes?: Uint8Array) => void;
