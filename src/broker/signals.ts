import { constants } from "node:os";

/** Linux's signal numbers, which Python sees on every platform. */
export type SignalNumber = number;

export const SIGHUP = 1;
export const SIGINT = 2;
export const SIGQUIT = 3;
export const SIGKILL = 9;
export const SIGPIPE = 13;
export const SIGALRM = 14;
export const SIGTERM = 15;
export const SIGXCPU = 24;
export const SIGXFSZ = 25;
export const SIGWINCH = 28;

/** SIGCHLD, SIGCONT, SIGURG and SIGWINCH. */
const IGNORED_BY_DEFAULT = new Set([17, 18, 23, SIGWINCH]);

/** SIGSTOP, SIGTSTP, SIGTTIN and SIGTTOU. */
const STOPPING_BY_DEFAULT = new Set([19, 20, 21, 22]);
const LAST_SIGNAL = 64;

export function defaultAction(signal: SignalNumber): "terminate" | "ignore" {
  return IGNORED_BY_DEFAULT.has(signal) ? "ignore" : "terminate";
}

/** Whether a program can have died of it. */
export function isDeadly(signal: SignalNumber): boolean {
  return signal >= 1 && signal <= LAST_SIGNAL && !IGNORED_BY_DEFAULT.has(signal) && !STOPPING_BY_DEFAULT.has(signal);
}

/** This host's name of a signal, for `process.kill`; undefined when it has none. */
export function signalName(signal: SignalNumber): NodeJS.Signals | undefined {
  return (
    LINUX_NAMES[signal] ??
    (Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] as NodeJS.Signals | undefined)
  );
}

const LINUX_NAMES: Record<number, NodeJS.Signals> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  4: "SIGILL",
  5: "SIGTRAP",
  6: "SIGABRT",
  7: "SIGBUS",
  8: "SIGFPE",
  9: "SIGKILL",
  10: "SIGUSR1",
  11: "SIGSEGV",
  12: "SIGUSR2",
  13: "SIGPIPE",
  14: "SIGALRM",
  15: "SIGTERM",
};
