/** What repeated measurements of one thing came to. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
  /** In the order in which they were taken. */
  readonly runs: readonly number[];
}

export function spreadOf(runs: readonly number[]): Spread {
  return { min: Math.min(...runs), median: medianOf(runs), max: Math.max(...runs), runs };
}

/** The median of the ratios pair by pair: two runs next to each other met the same machine. */
export function pairedRatio(runs: readonly number[], others: readonly number[]): number {
  return medianOf(runs.map((run, index) => run / (others[index] ?? Number.NaN)));
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new Error("a median of nothing");
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
