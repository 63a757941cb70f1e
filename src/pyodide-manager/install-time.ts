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
  try {
    return await act(AbortSignal.any([signal, timeout]));
  } catch (error) {
    if (!timeout.aborted || signal.aborted) throw error;
    throw new WomaError(`installing packages took longer than ${installTimeoutMs / 1000} s, the --install-timeout`, {
      hint: "give it more time with --install-timeout; what was downloaded so far is kept and not fetched again",
      cause: error,
    });
  }
}
