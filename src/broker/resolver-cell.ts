import { WomaError } from "../errors.ts";
import type { Libc } from "../protocol/libc.ts";
import type { ResolveInCell, ResolverAnswers, ResolverTask } from "../pyodide-manager/resolve/resolver-task.ts";
import { BARE_REQUEST, BARE_RESOURCES, EmptyStream } from "./bare-program.ts";
import type { CellCommand } from "./cell-process.ts";
import type { ProgramEnd } from "./program.ts";
import { Session } from "./session.ts";
import { SIGKILL } from "./signals.ts";

const MEMORY_LIMIT_BYTES = 512 * 1024 * 1024;
const CPU_TIME_LIMIT_MS = 120_000;

/** Starts cells that resolve: a fresh one for each task, since the METADATA that they read is anybody's. */
export function resolveInCells(command: CellCommand, libc: Libc | null): ResolveInCell {
  return (task, answers, signal) => resolveInCell(task, answers, { command, libc, signal });
}

interface Surroundings {
  readonly command: CellCommand;
  readonly libc: Libc | null;
  /** Its reason is thrown when it is aborted. */
  readonly signal: AbortSignal;
}

/** The solver's answer, which nobody has checked. Throws WomaError when there is none, and what the answers throw. */
export async function resolveInCell(
  task: ResolverTask,
  answers: ResolverAnswers,
  { command, libc, signal }: Surroundings,
): Promise<unknown> {
  signal.throwIfAborted();
  const session = new Session(command, libc);
  const log = new Log();
  let outcome: { readonly answer: Uint8Array } | { readonly error: unknown } | undefined;
  const conclude = (result: typeof outcome) => {
    outcome ??= result;
    session.end({ how: "killed", reason: "its work is done", signal: SIGKILL });
  };
  const stop = () => conclude({ error: signal.reason });
  signal.addEventListener("abort", stop, { once: true });
  try {
    const request = {
      ...BARE_REQUEST,
      program: { kind: "resolve" },
      source: new TextEncoder().encode(JSON.stringify(task)),
      limits: LIMITS,
    } as const;
    const end = await session.run(request, {
      ...BARE_RESOURCES,
      streams: { ...BARE_RESOURCES.streams, 1: log, 2: log },
      resolver: { answers, finish: (answer) => conclude({ answer }), fail: (error) => conclude({ error }) },
    });
    if (outcome === undefined) throw failure(end, log.text);
    if ("error" in outcome) throw outcome.error;
    return parse(outcome.answer);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

const LIMITS = {
  timeoutMs: null,
  cpuTimeMs: CPU_TIME_LIMIT_MS,
  memoryLimitBytes: MEMORY_LIMIT_BYTES,
  maximumOutputBytes: null,
  maximumOpenFiles: 64,
};

function parse(answer: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(answer));
  } catch (cause) {
    throw new WomaError("the resolver answered what cannot be read", { hint: "this is a defect in woma", cause });
  }
}

function failure(end: ProgramEnd, log: string): WomaError {
  switch (end.how) {
    case "out-of-cpu-time":
      return new WomaError(`resolving took more than ${CPU_TIME_LIMIT_MS / 1000} s of processor time`, {
        hint: "say which versions you want, for example 'name>=2', so that fewer are tried",
      });
    case "out-of-memory":
      return new WomaError(`resolving took more than ${MEMORY_LIMIT_BYTES / 1024 ** 2} MB of memory`, {
        hint: "say which versions you want, for example 'name>=2', so that fewer are tried",
      });
    case "unconfined":
      return new WomaError(`the resolver could not be confined: ${end.reason}`, { hint: "`woma doctor` tells more" });
    default: {
      const said = log.trim() === "" ? "" : `:\n${printable(log.trim())}`;
      return new WomaError(`the resolver ended without an answer${said}`, {
        hint: log.includes("ModuleNotFoundError")
          ? "this build is without the core's packages: run `npm run build` where a package index can be reached"
          : "this is a defect in woma",
      });
    }
  }
}

/** It quotes what others wrote. */
function printable(text: string): string {
  return text.replace(/[^\P{C}\n\t]/gu, "");
}

const LONGEST_LOG = 4096;

/** What the solver prints, which only says something when it fails. */
class Log extends EmptyStream {
  text = "";

  override write(bytes: Uint8Array): number {
    this.text = (this.text + new TextDecoder().decode(bytes)).slice(-LONGEST_LOG);
    return bytes.length;
  }
}
