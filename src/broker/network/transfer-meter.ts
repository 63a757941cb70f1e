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
    if (maximumBytesPerSecond === null) return Math.max(Math.min(wantedBytes, left), 0);
    const now = performance.now();
    const refill = ((now - this.#filledAt) / 1000) * maximumBytesPerSecond;
    this.#burstBytes = Math.min(this.#burstBytes + refill, maximumBytesPerSecond);
    this.#filledAt = now;
    return Math.max(Math.floor(Math.min(wantedBytes, left, this.#burstBytes)), 0);
  }

  /** Until something passes again. */
  get pauseMs(): number {
    const rate = this.limits.maximumBytesPerSecond;
    return rate === null ? 0 : Math.max(PAUSE_MS, (-this.#burstBytes / rate) * 1000);
  }

  count(bytes: number): void {
    this.#transferredBytes += bytes;
    this.#burstBytes -= bytes;
  }
}

const PAUSE_MS = 10;
