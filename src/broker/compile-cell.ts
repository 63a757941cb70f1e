import { constants, setPriority } from "node:os";
import type { Libc } from "../protocol/libc.ts";
import { BARE_REQUEST, BARE_RESOURCES } from "./bare-program.ts";
import type { StartCompileCell } from "./bytecode.ts";
import type { CellCommand } from "./cell-process.ts";
import { Session } from "./session.ts";
import { SIGKILL } from "./signals.ts";

const MEMORY_LIMIT_BYTES = 512 * 1024 * 1024;
const CPU_TIME_LIMIT_MS = 300_000;

/** Starts cells that compile modules: fresh ones, which run nothing of what they compile and no program of anybody's. */
export function compileCells(command: CellCommand, libc: Libc | null): StartCompileCell {
  return (queue, archives) => {
    const session = new Session(command, libc);
    yieldToPrograms(session.pid);
    const request = { ...BARE_REQUEST, program: { kind: "compile" }, limits: LIMITS } as const;
    const ended = session.run(request, { ...BARE_RESOURCES, compiling: { queue, archives } });
    return {
      ended,
      kill: () => session.end({ how: "killed", reason: "its work is done", signal: SIGKILL }),
    };
  };
}

/** Somebody's program runs at the same time, and nobody waits for this. */
function yieldToPrograms(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Gone already, which `ended` tells.
  }
}

const LIMITS = {
  timeoutMs: null,
  cpuTimeMs: CPU_TIME_LIMIT_MS,
  memoryLimitBytes: MEMORY_LIMIT_BYTES,
  maximumOutputBytes: null,
  maximumOpenFiles: 64,
};
