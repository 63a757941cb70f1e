import type { Outcome } from "./outcome.ts";

/** One stream of one case in which woma differs from python3 on purpose, or because it cannot do otherwise. */
export interface AcceptedDifference {
  readonly case: string;
  readonly in: keyof Outcome;
  readonly reason: string;
  /**
   * What woma gives, from what python3 gave (both normalised; the exit code in decimal). The test holds it: a
   * difference that is gone, or that became another one, fails.
   */
  readonly woma: (python: string) => string;
}

export const acceptedDifferences: readonly AcceptedDifference[] = [];
