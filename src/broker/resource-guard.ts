import { readdirSync, readFileSync } from "node:fs";

/**
 * A cell's process holds more than the interpreter's memory: the runtime and the compiled code. This much
 * comes on top of the limit before the process is taken to have passed it.
 */
const RUNTIME_BYTES = 512 * 1024 * 1024;

/** The runtime has some ten of its own, and a program none. */
const MOST_THREADS = 128;

const POLL_MS = 20;
/** Linux's USER_HZ, the same on x86_64 and aarch64. */
const MS_PER_TICK = 10;

/** The memory of a cell's process that its interpreter's limit comes to, in bytes. */
export function processLimit(memoryLimitBytes: number): number {
  return memoryLimitBytes + RUNTIME_BYTES;
}

/** What a process may use, and whom to tell when it has used more. */
export interface ResourceLimits {
  readonly memoryLimitBytes: number;
  /** From now on; null for no limit. */
  readonly cpuTimeMs: number | null;
  threadsExceeded(count: number): void;
  memoryExceeded(): void;
  cpuTimeExceeded(): void;
}

/**
 * The outer wall of a cell's limits: looks at its process from outside. Python's own memory cannot grow past its limit,
 * so a process that is larger has got round that. Linux only; elsewhere the inner wall stands alone.
 */
export class ResourceGuard implements Disposable {
  readonly #timer: ReturnType<typeof setInterval> | undefined;

  constructor(pid: number | undefined, limits: ResourceLimits) {
    if (process.platform !== "linux" || pid === undefined) return;
    const usedBeforeMs = limits.cpuTimeMs === null ? 0 : cpuTimeMs(pid);
    let told = false;
    this.#timer = setInterval(() => {
      if (heldBytes(pid) > processLimit(limits.memoryLimitBytes)) limits.memoryExceeded();
      const threads = threadCount(pid);
      if (threads > MOST_THREADS) limits.threadsExceeded(threads);
      if (told || limits.cpuTimeMs === null || cpuTimeMs(pid) - usedBeforeMs <= limits.cpuTimeMs) return;
      told = true;
      limits.cpuTimeExceeded();
    }, POLL_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/**
 * Memory that a process holds, the tables of its pages and what was swapped out included, which can be most of it;
 * 0 once it is gone. When the first thread has ended and others go on, one of those tells.
 */
function heldBytes(pid: number): number {
  const held = heldKibibytes(read(`/proc/${pid}/status`));
  if (held > 0) return held * 1024;
  const threads = list(`/proc/${pid}/task`).map((thread) => heldKibibytes(read(`/proc/${pid}/task/${thread}/status`)));
  return Math.max(0, ...threads) * 1024;
}

function heldKibibytes(status: string): number {
  const figure = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
  return figure("VmRSS") + figure("VmPTE") + figure("VmSwap") + figure("HugetlbPages");
}

/** Processor time of all threads, in user and kernel; 0 once it is gone. */
function cpuTimeMs(pid: number): number {
  const fields = statFields(pid);
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * MS_PER_TICK;
}

function threadCount(pid: number): number {
  return Number(statFields(pid)[17] ?? 0);
}

/** /proc/PID/stat from the third field on, which is the state: the second is a name that may hold spaces. */
function statFields(pid: number): string[] {
  return read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
