/** What a deadline does when it passes, mildest first. */
export interface Escalation {
  interrupt(): void;
  kill(): void;
}

/** After the interrupt, a program has this long to clean up. */
export const GRACE_MS = 1000;

/** Interrupts a program when its time is up, and kills it when it has not ended after the grace. */
export class Deadline implements Disposable {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #leftMs: number;
  #startedMs = 0;
  #isOver = false;

  constructor(
    timeoutMs: number,
    private readonly escalation: Escalation,
  ) {
    this.#leftMs = timeoutMs;
    this.#start();
  }

  /** Stops the clock until the answer is disposed of: what goes on meanwhile is not the program's doing. */
  suspend(): Disposable {
    if (this.#isOver) return { [Symbol.dispose]() {} };
    clearTimeout(this.#timer);
    this.#leftMs -= performance.now() - this.#startedMs;
    return { [Symbol.dispose]: () => this.#start() };
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #start(): void {
    if (this.#isOver) return;
    this.#startedMs = performance.now();
    this.#timer = setTimeout(
      () => {
        this.#isOver = true;
        this.escalation.interrupt();
        this.#timer = setTimeout(() => this.escalation.kill(), GRACE_MS);
      },
      Math.max(this.#leftMs, 0),
    );
  }
}
