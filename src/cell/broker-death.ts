import type { Libc } from "../protocol/libc.ts";

const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

/**
 * Makes the kernel kill this cell when its broker is gone, however it went. Linux only; elsewhere a cell
 * whose broker was killed ends at its next request, when it finds the pipe closed.
 */
export function dieWithBroker(libc: Libc | null, brokerPid: number): void {
  libc?.prctl?.(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  // It may have gone before the request was made.
  if (process.ppid !== brokerPid) process.exit(1);
}
