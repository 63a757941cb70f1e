/** An honest cell writes a frame at once. */
const LONGEST_FRAME_MS = 10_000;
const GRACE_MS = 500;

/** Sees to it that a frame which has begun comes to its end. */
export class FrameDeadline implements Disposable {
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `late` is called once, with what the cell has done wrong. */
  constructor(private readonly late: (what: string) => void) {}

  /** To be told after each piece that came: whether a frame was completed by it, and whether one has begun since. */
  watch(completed: boolean, isMidFrame: boolean): void {
    if (completed || !isMidFrame) this[Symbol.dispose]();
    if (!isMidFrame || this.#timer !== undefined) return;
    // Twice: both processes may have been stopped meanwhile, and what has come since is read first.
    this.#timer = setTimeout(() => {
      this.#timer = setTimeout(() => this.late(`half a frame and no more for ${LONGEST_FRAME_MS / 1000} s`), GRACE_MS);
    }, LONGEST_FRAME_MS);
    this.#timer.unref();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
