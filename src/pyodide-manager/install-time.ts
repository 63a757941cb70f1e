import { WomaError } from "../errors.ts";
import type { PackageSettings } from "./package-settings.ts";

/** Gives up after so long; --install-timeout is what the message is about. */
export async function withinTime<T>(
  { installTimeoutMs }: PackageSettings,
  leftMs: number,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(Math.max(leftMs, 0));
  const limited = AbortSignal.any([signal, timeout]);
  deadlines.set(limited, performance.now() + leftMs);
  try {
    return await act(limited);
  } catch (error) {
    if (!timeout.aborted || signal.aborted) throw error;
    const servers = [...(waits.get(timeout.reason) ?? [])];
    const waiting = servers.length === 0 ? "" : `; ${servers.join(" and ")} had not sent all that was asked for`;
    const seconds = installTimeoutMs / 1000;
    throw new WomaError(`installing packages took longer than ${seconds} s, the --install-timeout${waiting}`, {
      hint: "give it more time with --install-timeout; what was downloaded so far is kept and not fetched again",
      cause: error,
    });
  }
}

const deadlines = new WeakMap<AbortSignal, number>();
/** By the reason of an abort, which is one object for all signals that follow from one. */
const waits = new WeakMap<object, Set<string>>();

/** Until `withinTime` gives up; infinite where that is not said. */
export function timeLeftMs(signal: AbortSignal): number {
  return (deadlines.get(signal) ?? Number.POSITIVE_INFINITY) - performance.now();
}

/** Aborted when either is, and with the first one's time. */
export function eitherSignal(signal: AbortSignal, other: AbortSignal): AbortSignal {
  const either = AbortSignal.any([signal, other]);
  const deadline = deadlines.get(signal);
  if (deadline !== undefined) deadlines.set(either, deadline);
  return either;
}

/** A server was waited for when the signal was aborted: said if time was the reason. */
export function noteWait({ reason }: AbortSignal, origin: string): void {
  if (typeof reason !== "object" || reason === null) return;
  waits.set(reason, (waits.get(reason) ?? new Set()).add(origin));
}
