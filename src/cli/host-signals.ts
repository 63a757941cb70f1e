import { readFileSync } from "node:fs";
import { constants } from "node:os";
import type { TerminalControl } from "../broker/kernel/terminal.ts";
import type { Session } from "../broker/session.ts";
import { SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGWINCH } from "../broker/signals.ts";

/** Signals that are the program's business. */
const FORWARDED: readonly (readonly [NodeJS.Signals, number])[] = [
  ["SIGINT", SIGINT],
  ["SIGTERM", SIGTERM],
  ["SIGHUP", SIGHUP],
  ["SIGQUIT", SIGQUIT],
  ["SIGALRM", SIGALRM],
  ["SIGUSR1", constants.signals.SIGUSR1 ?? 10],
  ["SIGUSR2", constants.signals.SIGUSR2 ?? 12],
  ["SIGWINCH", SIGWINCH],
];

/** Passes the signals that the terminal and the user send to the broker on to the program, until disposed. */
export function forwardSignals(session: () => Session, terminal: TerminalControl | null): Disposable {
  const ignored = inheritedIgnored();
  const mine = FORWARDED.filter(([, number]) => !ignored.includes(number));
  const listeners: [NodeJS.Signals, () => void][] = mine.map(([name, number]) => [
    name,
    () => session().signal(number),
  ]);
  listeners.push(["SIGTSTP", () => stopTogether(session(), terminal)]);
  for (const [name, listener] of listeners) listen(name, listener);
  return {
    [Symbol.dispose]() {
      for (const [name, listener] of listeners) process.removeListener(name, listener);
    },
  };
}

/** Of the signals that users send, those that woma was started with as ignored (nohup, `&` in a script). Linux only. */
export function inheritedIgnored(): number[] {
  let mask: string | undefined;
  try {
    mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1];
  } catch {
    return [];
  }
  const bits = BigInt(`0x${mask ?? "0"}`);
  return [SIGHUP, SIGINT, SIGQUIT, SIGTERM].filter((number) => (bits & (1n << BigInt(number - 1))) !== 0n);
}

/** Ctrl-Z: the cell stops with its broker, and both go on together. */
function stopTogether(session: Session, terminal: TerminalControl | null): void {
  session.pause();
  const mode = terminal?.save();
  terminal?.restore();
  process.once("SIGCONT", () => {
    if (mode !== undefined) terminal?.apply(mode);
    session.resume();
    session.signal(SIGWINCH);
  });
  process.kill(process.pid, "SIGSTOP");
}

function listen(name: NodeJS.Signals, listener: () => void): void {
  try {
    process.on(name, listener);
  } catch {
    // Windows has only some of them.
  }
}
