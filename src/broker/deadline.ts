/** What a deadline does when it passes, mildest first. */
export interface Escalation {
  interrupt(): void;
  kill(): void;
}

/** After the interrupt, a program has this long to clean up. */
export const GRACE_MS = 1000;

/** Interrupts a program when its time is up, and kills it when it has not ended after the grace. */
export class Deadline implements Disposable {
  #timer: ReturnType<typeof setTimeout>;

  constructor(timeoutMs: number, escalation: Escalation) {
    this.#timer = setTimeout(() => {
      escalation.interrupt();
      this.#timer = setTimeout(() => escalation.kill(), GRACE_MS);
    }, timeoutMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
