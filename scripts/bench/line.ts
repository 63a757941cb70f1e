import { pairedRatio, type Spread, spreadOf } from "./spread.ts";

/** One line of the report: a figure of woma's, and what it is held against. */
export interface Line {
  readonly name: string;
  readonly unit: "ms" | "MB" | "MB/s";
  readonly woma: Spread;
  readonly against: Rival | "nothing";
  readonly budget: Budget;
}

export interface Rival {
  readonly name: string;
  readonly spread: Spread;
  /** woma's by the rival's. */
  readonly ratio: number;
}

/** `of` the ratio, or of woma's median in the line's unit. */
export type Budget =
  | { readonly of: "ratio" | "median"; readonly atMost: number }
  | { readonly of: "median"; readonly atLeast: number }
  | "none";

export type Verdict = "pass" | "MISS" | "";

export function rivalOf(name: string, woma: readonly number[], rival: readonly number[]): Rival {
  return { name, spread: spreadOf(rival), ratio: pairedRatio(woma, rival) };
}

export function verdictOf({ budget, woma, against }: Line): Verdict {
  if (budget === "none") return "";
  const figure = budget.of === "median" ? woma.median : against === "nothing" ? Number.NaN : against.ratio;
  const kept = "atMost" in budget ? figure <= budget.atMost : figure >= budget.atLeast;
  return kept ? "pass" : "MISS";
}
