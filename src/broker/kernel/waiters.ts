/**
 * Requests that wait: each is a condition tried again whenever something may have changed, until it holds,
 * its time is up, or a signal arrives. One cell has at most one, since its thread blocks on it.
 */
export class Waiters {
  readonly #waiting = new Set<Waiter>();
  #woken = false;

  /**
   * Calls `finish` once: with the condition's value when it has one, "timeout" after `timeoutMs` (-1: never),
   * or "interrupted" when `interrupted()` holds. May call it before returning.
   */
  wait<T>(condition: () => T | undefined, timeoutMs: number, interrupted: () => boolean, finish: Finish<T>): void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (value: T | "timeout" | "interrupted") => {
      this.#waiting.delete(waiter);
      clearTimeout(timer);
      finish(value);
    };
    const waiter: Waiter = {
      cancel: () => clearTimeout(timer),
      attempt: () => {
        const value = condition();
        if (value !== undefined) end(value);
        else if (interrupted()) end("interrupted");
      },
    };
    this.#waiting.add(waiter);
    waiter.attempt();
    if (!this.#waiting.has(waiter)) return;
    if (timeoutMs === 0) end("timeout");
    else if (timeoutMs > 0)
      timer = sleepUntil(
        performance.now() + timeoutMs,
        () => end("timeout"),
        (next) => (timer = next),
      );
  }

  /** Nobody waits. */
  get idle(): boolean {
    return this.#waiting.size === 0;
  }

  /** Tries every waiting condition again, after the caller has finished what it is doing. */
  wake(): void {
    if (this.#woken) return;
    this.#woken = true;
    queueMicrotask(() => {
      this.#woken = false;
      for (const waiter of [...this.#waiting]) if (this.#waiting.has(waiter)) waiter.attempt();
    });
  }

  /** Forgets whatever waits: its process is gone, and nobody is told. */
  clear(): void {
    for (const waiter of this.#waiting) waiter.cancel();
    this.#waiting.clear();
  }
}

export type Finish<T> = (value: T | "timeout" | "interrupted") => void;

interface Waiter {
  cancel(): void;
  attempt(): void;
}

const LONGEST_TIMER_MS = 2 ** 30;

/** setTimeout counts whole milliseconds in 31 bits: longer sleeps are cut up, and none ends early. */
function sleepUntil(
  deadline: number,
  done: () => void,
  rearmed: (timer: ReturnType<typeof setTimeout>) => void,
): ReturnType<typeof setTimeout> {
  const leftMs = Math.min(Math.max(deadline - performance.now(), 0), LONGEST_TIMER_MS);
  return setTimeout(() => {
    if (performance.now() >= deadline) done();
    else rearmed(sleepUntil(deadline, done, rearmed));
  }, Math.ceil(leftMs));
}
