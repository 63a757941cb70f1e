import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { WomaError } from "../errors.ts";
import { encodeFrame, FrameError, FrameReader, NO_BYTES } from "../protocol/framing.ts";
import type { Libc } from "../protocol/libc.ts";
import {
  CELL_ARGUMENT,
  type CellStage,
  type CellUrgency,
  DATA_WINDOW_BYTES,
  parseRequest,
  type Request,
} from "../protocol/messages.ts";
import { type CellPipes, createCellPipes } from "./cell-pipes.ts";
import { FrameDeadline } from "./frame-deadline.ts";
import { createSharedMemory, type SharedMemory } from "./shared-memory.ts";
import { raiseStackLimit } from "./stack-limit.ts";

/** A request's JSON and inline bytes; more than any honest cell sends in one frame. */
const MAXIMUM_FRAME_BYTES = DATA_WINDOW_BYTES + 64 * 1024;
/** Options of the cell's runtime, which is all that its environment holds: it sees nothing of the user's. */
function cellEnvironment(stackBytes: number): Record<string, string> {
  return {
    // The last tier of compilation waits until a program is well under way: it would take the processors from start-up. Not
    // longer: code of the tier before takes more stack, and deep data would overflow it.
    BUN_JSC_thresholdForOMGOptimizeAfterWarmUp: "400000",
    // Bun compiles wasm with one thread on two cores unless told.
    BUN_JSC_numberOfWasmCompilerThreads: "2",
    ...(stackBytes > 0 && { BUN_JSC_maxPerThreadStackUsage: String(stackBytes) }),
  };
}

const MAXIMUM_LOG_BYTES = 64 * 1024;
const COLLECTED_AFTER_BYTES = 8 * 1024 * 1024;
const MAXIMUM_UNREAD_REPLIES = 16;
const EXIT_AFTER_CLOSE_MS = 500;

/** How woma re-executes itself as a cell. */
export interface CellCommand {
  readonly executable: string;
  /** What comes before the cell's own arguments: the main script, in a checkout. */
  readonly leading: readonly string[];
  /** A checkout's snapshot; a compiled woma has its own inside. */
  readonly snapshotPath: string | undefined;
  /** Whether the cell locks itself in before it starts an interpreter. */
  readonly confinement: "confined" | "insecure";
  readonly urgency: CellUrgency;
}

/** How a cell's process ended, seen from outside. */
export interface CellEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What the runtime itself printed before it died, for a bug report. */
  readonly log: string;
}

/**
 * One cell as an operating-system process: it has the frame pipe, the shared memory and nothing else. It
 * leads its own session, so that the terminal's signals reach the broker alone.
 */
export class CellProcess {
  readonly shared: SharedMemory | null;
  readonly ended: Promise<CellEnd>;
  readonly #child: ChildProcess;
  readonly #pipes: CellPipes;
  /** A request has come and its reply has not gone: the cell is blocked, unless it has got out of hand. */
  #answering = false;
  #unreadReplies = 0;
  /** It has been ended for what it sent; nothing more of it is looked at. */
  #isOver = false;
  #log = "";

  constructor(command: CellCommand, libc: Libc | null, onRequest: RequestHandler) {
    this.shared = libc === null ? null : createSharedMemory(libc);
    const { executable, leading, snapshotPath, confinement, urgency } = command;
    const stage: CellStage = confinement === "insecure" ? "insecure" : "launch";
    const words = [
      ...leading,
      CELL_ARGUMENT,
      String(process.pid),
      stage,
      urgency,
      ...(snapshotPath === undefined ? [] : [snapshotPath]),
    ];
    this.#pipes = createCellPipes(libc);
    this.#child = spawn(executable, words, {
      stdio: [...this.#pipes.stdio, "pipe", this.shared?.fd ?? "ignore"],
      env: cellEnvironment(raiseStackLimit(libc)),
      cwd: process.platform === "win32" ? undefined : "/",
      detached: true,
      windowsHide: true,
    });
    this.shared?.closeDescriptor();
    const { stderr } = this.#child;
    // The reason comes as an event, later; `ended` has it too.
    this.#child.on("error", () => {});
    this.#readRequests(onRequest);
    if (!stderr) {
      throw new WomaError("Python's process could not be started", {
        hint: "check the limits of this shell with `ulimit -a`: open files (-n), processes (-u)",
      });
    }
    this.#collectLog(stderr);
    this.ended = this.#waitForEnd();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  reply(fields: object, bytes: Uint8Array = NO_BYTES): void {
    this.#answering = false;
    this.#unreadReplies += 1;
    this.#pipes.write(encodeFrame(JSON.stringify(fields), bytes), () => {
      this.#unreadReplies -= 1;
    });
  }

  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    this.#child.kill(signal);
  }

  async #waitForEnd(): Promise<CellEnd> {
    try {
      const [code, signal] = (await once(this.#child, "close")) as [number | null, NodeJS.Signals | null];
      return { code, signal, log: this.#log };
    } catch (error) {
      return { code: null, signal: null, log: String(error) };
    }
  }

  #collectLog(stream: Readable): void {
    let discardedBytes = 0;
    stream.on("data", (chunk: Buffer) => {
      if (this.#log.length < MAXIMUM_LOG_BYTES) this.#log += chunk.toString("utf8");
      else discardedBytes += chunk.length;
      if (discardedBytes < COLLECTED_AFTER_BYTES) return;
      // A flood's buffers are garbage that the collector, left to itself, comes to late.
      discardedBytes = 0;
      Bun.gc(true);
    });
  }

  #readRequests(onRequest: RequestHandler): void {
    const reader = new FrameReader(MAXIMUM_FRAME_BYTES);
    const deadline = new FrameDeadline((what) => this.#endFor(`the cell sent ${what}`));
    this.#pipes.open(this.#child, {
      data: (chunk) => {
        if (this.#isOver) return;
        let completed = false;
        try {
          for (const frame of reader.push(chunk)) {
            completed = true;
            const request = parseRequest(frame.json);
            if (request === null) throw new FrameError("a request of no known shape");
            if (this.#answering) throw new FrameError("a request before the last one was answered");
            if (this.#unreadReplies > MAXIMUM_UNREAD_REPLIES)
              throw new FrameError("requests without reading the replies");
            this.#answering = true;
            onRequest(request, frame.bytes);
          }
        } catch (error) {
          if (!(error instanceof FrameError)) throw error;
          return this.#endFor(`the cell sent ${error.message}`);
        }
        deadline.watch(completed, reader.isMidFrame);
      },
      // A cell that exits closes it too; one that is still there after that has closed it on purpose.
      end: () => {
        if (this.#isOver) return;
        const timer = setTimeout(() => this.#endFor("the cell closed its output"), EXIT_AFTER_CLOSE_MS);
        this.#child.once("exit", () => clearTimeout(timer));
      },
      closed: () => deadline[Symbol.dispose](),
    });
  }

  #endFor(reason: string): void {
    this.#isOver = true;
    this.#log += `\n${reason}`;
    this.kill();
  }
}

export type RequestHandler = (request: Request, bytes: Uint8Array) => void;
