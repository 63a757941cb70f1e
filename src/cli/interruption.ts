import { constants } from "node:os";
import { endProcess } from "./ending.ts";
import { inheritedIgnored } from "./host-signals.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Does something that a signal stops: it is told by the AbortSignal, has time to put things in order, and woma then ends
 * of the same signal. A second one ends it at once.
 */
export async function untilInterrupted<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const caught: { signal?: (typeof SIGNALS)[number] } = {};
  // Under nohup, or in a script's background, a signal stays ignored.
  const ignored = inheritedIgnored();
  const heard = SIGNALS.filter((name) => !ignored.includes(constants.signals[name]));
  const listeners = heard.map((name) => {
    const listener = () => {
      caught.signal = name;
      stop.abort(new Error(`stopped by ${name}`));
    };
    process.once(name, listener);
    return [name, listener] as const;
  });
  try {
    return await act(stop.signal);
  } catch (error) {
    if (caught.signal === undefined) throw error;
    process.stderr.write("woma: stopped; what has come so far is kept, and not fetched again\n");
    return endProcess({ how: "signalled", signal: constants.signals[caught.signal] });
  } finally {
    for (const [name, listener] of listeners) process.removeListener(name, listener);
  }
}
