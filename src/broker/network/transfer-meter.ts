import type { NetworkLimits } from "../../permissions/network-limits.ts";

/** Counts what a program sends and receives, and says how much of it may pass. */
export class TransferMeter {
  #transferredBytes = 0;
  /** What may pass at once: refilled with time, up to a second's worth. */
  #burstBytes: number;
  #filledAt = performance.now();

  constructor(private readonly limits: NetworkLimits) {
    this.#burstBytes = limits.maximumBytesPerSecond ?? Number.POSITIVE_INFINITY;
  }

  /** Why nothing passes any more; null while something may. */
  get exhausted(): string | null {
    const maximum = this.limits.maximumTransferredBytes;
    if (maximum === null || this.#transferredBytes < maximum) return null;
    return `${maximum / 1024 ** 2} MB have been sent and received; allow more with --max-transferred`;
  }

  /** How many of so many bytes may pass now; 0 when none may for `pauseMs`. */
  allowance(wantedBytes: number): number {
    const { maximumTransferredBytes, maximumBytesPerSecond } = this.limits;
    const left = maximumTransferredBytes === null ? wantedBytes : maximumTransferredBytes - this.#transferredBytes;
    const most = Math.max(Math.min(wantedBytes, left), 0);
    if (maximumBytesPerSecond === null) return most;
    this.#refill(maximumBytesPerSecond);
    // No crumbs: who waits is woken for something that is worth it.
    if (this.#burstBytes < Math.min(most, maximumBytesPerSecond * WORTH_SECONDS)) return 0;
    return Math.floor(Math.min(most, this.#burstBytes));
  }

  /** Until something passes again; 0 when it does now. */
  get pauseMs(): number {
    const rate = this.limits.maximumBytesPerSecond;
    if (rate === null || this.exhausted !== null) return 0;
    this.#refill(rate);
    const missing = Math.max(1, rate * WORTH_SECONDS) - this.#burstBytes;
    return missing <= 0 ? 0 : Math.ceil((missing / rate) * 1000);
  }

  count(bytes: number): void {
    this.#transferredBytes += bytes;
    this.#burstBytes -= bytes;
  }

  #refill(rate: number): void {
    const now = performance.now();
    const refill = ((now - this.#filledAt) / 1000) * rate;
    this.#burstBytes = Math.min(this.#burstBytes + refill, rate);
    this.#filledAt = now;
  }
}

const WORTH_SECONDS = 0.02;
