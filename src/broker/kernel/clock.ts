/** The process's one real-time interval timer, as setitimer(2) has it: each expiry sends SIGALRM. */
export class IntervalTimer {
  readonly #expired: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = 0;
  #intervalMs = 0;

  constructor(expired: () => void) {
    this.#expired = expired;
  }

  /** Arms the timer anew, or stops it with a delay of 0; what was left of the old one is returned. */
  set(delayMs: number, intervalMs: number): { delayMs: number; intervalMs: number } {
    const before = this.left();
    this.stop();
    if (delayMs > 0) this.#arm(delayMs, intervalMs);
    return before;
  }

  left(): { delayMs: number; intervalMs: number } {
    const delayMs = this.#timer === undefined ? 0 : Math.max(this.#due - performance.now(), 0);
    return { delayMs, intervalMs: this.#intervalMs };
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#intervalMs = 0;
  }

  #arm(delayMs: number, intervalMs: number): void {
    this.#intervalMs = intervalMs;
    this.#due = performance.now() + delayMs;
    this.#timer = setTimeout(
      () => {
        this.stop();
        if (intervalMs > 0) this.#arm(intervalMs, intervalMs);
        this.#expired();
      },
      Math.min(delayMs, LONGEST_TIMER_MS),
    );
  }
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;
