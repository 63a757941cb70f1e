import { pairedRatio, type Spread, spreadOf } from "./spread.ts";

/** One line of the report: a figure of woma's, and what it is held against. */
export interface Line {
  readonly name: string;
  readonly unit: "µs" | "ms" | "MB" | "MB/s";
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

/** `of` the ratio, of woma's median in the line's unit, or of how much that is more than the rival's. */
export type Budget =
  | { readonly of: "ratio" | "median" | "difference"; readonly atMost: number }
  | { readonly of: "ratio" | "median"; readonly atLeast: number }
  | "none";

export type Verdict = "pass" | "MISS" | "";

export function rivalOf(name: string, woma: readonly number[], rival: readonly number[]): Rival {
  return { name, spread: spreadOf(rival), ratio: pairedRatio(woma, rival) };
}

/** How much woma's median is more than the rival's; NaN without one. */
export function differenceOf({ woma, against }: Line): number {
  return against === "nothing" ? Number.NaN : woma.median - against.spread.median;
}

export function verdictOf(line: Line): Verdict {
  const { budget } = line;
  if (budget === "none") return "";
  const figure = figureOf(line, budget.of);
  const kept = "atMost" in budget ? figure <= budget.atMost : figure >= budget.atLeast;
  return kept ? "pass" : "MISS";
}

function figureOf(line: Line, of: Exclude<Budget, "none">["of"]): number {
  switch (of) {
    case "median":
      return line.woma.median;
    case "ratio":
      return line.against === "nothing" ? Number.NaN : line.against.ratio;
    case "difference":
      return differenceOf(line);
  }
}
