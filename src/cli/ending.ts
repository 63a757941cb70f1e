import { ptr } from "bun:ffi";
import { GRACE_MS } from "../broker/deadline.ts";
import type { ProgramEnd } from "../broker/program.ts";
import { SIGKILL, SIGXCPU, SIGXFSZ, signalName } from "../broker/signals.ts";
import { formatError, WomaError } from "../errors.ts";
import { openLibc } from "../protocol/libc.ts";
import { harmless } from "./harmless.ts";

/** timeout(1)'s status. */
const TIMED_OUT = 124;
const INTERNAL_ERROR = 70;
/** A shell's, for a command that is there and cannot be run. */
const CANNOT_RUN = 126;

/** What the user is told of an end that Python did not bring about; nothing for the others. */
export function explain(end: ProgramEnd): string {
  switch (end.how) {
    case "exited":
    case "signalled":
      return "";
    case "timed-out":
      return formatError(
        new WomaError(`the program was stopped after ${end.timeoutMs / 1000} s, its --timeout`, {
          hint: `give it more time with --timeout; it has ${GRACE_MS / 1000} s to clean up after the interrupt`,
        }),
      );
    case "out-of-memory":
      return formatError(
        new WomaError(
          `the program was killed: its process passed the memory limit of ${end.limitBytes / 1024 ** 2} MB`,
          {
            hint: "allow more with --memory",
          },
        ),
      );
    case "out-of-cpu-time":
      return formatError(
        new WomaError(`the program was stopped after ${end.cpuTimeMs / 1000} s of processor time, its --cpu-time`, {
          hint: `give it more with --cpu-time; it has ${GRACE_MS / 1000} s to clean up after the interrupt`,
        }),
      );
    case "too-much-output":
      return formatError(
        new WomaError(
          `the program was killed: it printed more than ${end.maximumBytes / 1024 ** 2} MB, its --max-output`,
          {
            hint: "allow more with --max-output",
          },
        ),
      );
    case "killed":
      return formatError(new WomaError(`the program was killed: ${end.reason}`));
    case "unconfined":
      return formatError(
        new WomaError(`Python cannot be confined here: ${harmless(end.reason)}`, {
          hint: "`woma doctor` says what this machine can enforce; --insecure runs code that you trust without the wall",
        }),
      );
    case "died":
      return formatError(
        new WomaError(`Python's process died${cause(end.end.signal, end.end.code)}${lastLines(end.end.log)}`, {
          hint: "what the program did before that is done; run it again for a new interpreter",
        }),
      );
  }
}

/** Ends this process as the program ended: with its status, or of the same signal. */
export function endProcess(end: ProgramEnd): never {
  switch (end.how) {
    case "exited":
      return process.exit(end.status);
    case "signalled":
    case "killed":
      return dieOf(end.signal);
    case "timed-out":
      return process.exit(TIMED_OUT);
    case "out-of-memory":
      return process.exit(128 + SIGKILL);
    // The statuses that a shell shows for the system's own limits of these.
    case "out-of-cpu-time":
      return process.exit(128 + SIGXCPU);
    case "too-much-output":
      return process.exit(128 + SIGXFSZ);
    case "unconfined":
      return process.exit(CANNOT_RUN);
    case "died":
      return process.exit(INTERNAL_ERROR);
  }
}

/** Of the signal itself, so that a shell sees it; with 128 + n where that cannot be done. */
function dieOf(signal: number): never {
  const name = signalName(signal);
  if (name !== undefined && process.platform !== "win32") {
    process.removeAllListeners(name);
    leaveNoCore();
    process.kill(process.pid, name);
    // Delivery may take a moment.
    Bun.sleepSync(100);
  }
  return process.exit(128 + signal);
}

/** A program chooses the signal; a core file would hold the broker's memory, environment and all. */
function leaveNoCore(): void {
  const libc = openLibc();
  libc?.setrlimit(RLIMIT_CORE, ptr(new BigUint64Array(2)));
  // Where cores are piped to a program the limit does not count.
  libc?.prctl?.(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

const RLIMIT_CORE = 4;
const PR_SET_DUMPABLE = 4;

function cause(signal: NodeJS.Signals | null, code: number | null): string {
  if (signal !== null) return ` (${signal})`;
  return code === null ? "" : ` (status ${code})`;
}

function lastLines(log: string): string {
  const lines = harmless(log).trim().split("\n").slice(-8).join("\n");
  return lines === "" ? "" : `:\n${lines}`;
}
