import { readFileSync } from "node:fs";

/**
 * A cell's process holds more than the interpreter's memory: the runtime and the compiled code. This much
 * comes on top of the limit before the process is taken to have passed it.
 */
const RUNTIME_BYTES = 256 * 1024 * 1024;

const POLL_MS = 20;
const PAGE_BYTES = 4096;

/**
 * The outer wall of a memory limit: Python's own memory cannot grow past the limit, so a process that is
 * larger has got round that, and is reported to be killed. Linux only; elsewhere the inner wall stands alone.
 */
export class MemoryGuard implements Disposable {
  readonly #timer: ReturnType<typeof setInterval> | undefined;

  constructor(pid: number | undefined, limitBytes: number, exceeded: () => void) {
    if (process.platform !== "linux" || pid === undefined) return;
    this.#timer = setInterval(() => {
      if (residentBytes(pid) > limitBytes + RUNTIME_BYTES) exceeded();
    }, POLL_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Resident memory of a process; 0 once it is gone. */
function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, "latin1").split(" ")[1]) * PAGE_BYTES;
  } catch {
    return 0;
  }
}
