/** As far back as the rate looks. */
const WINDOW_MS = 3000;

/** How fast bytes come, over the last seconds. */
export class TransferRate {
  #samples: { readonly atMs: number; readonly bytes: number }[] = [];

  /** `bytes` are all so far; fewer than before means a new beginning. */
  add(atMs: number, bytes: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && bytes < last.bytes) this.#samples = [];
    this.#samples.push({ atMs, bytes });
    // One older than the window stays, for the rate to reach back to.
    while (this.#samples.length > 2 && (this.#samples[1]?.atMs ?? 0) < atMs - WINDOW_MS) this.#samples.shift();
  }

  /** Bytes a second; null before there is anything to tell it from. */
  at(nowMs: number): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.atMs === first.atMs) return null;
    return ((last.bytes - first.bytes) / (nowMs - first.atMs)) * 1000;
  }
}
