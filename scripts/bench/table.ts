import { differenceOf, type Line, verdictOf } from "./line.ts";
import type { Spread } from "./spread.ts";

/** The lines as text in columns; figures are `median (min–max)`. */
export function formatTable(lines: readonly Line[]): string {
  const rows = [["", "unit", "woma", "against", "", "ratio", "budget", ""], ...lines.map(cellsOf)];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function cellsOf(line: Line): readonly string[] {
  const { against } = line;
  const rival =
    against === "nothing" ? ["", "", ""] : [formatSpread(against.spread), against.name, formatRatio(against.ratio)];
  return [line.name, line.unit, formatSpread(line.woma), ...rival, formatBudget(line), verdictOf(line)];
}

function formatSpread({ min, median, max }: Spread): string {
  return `${formatFigure(median)} (${formatFigure(min)}–${formatFigure(max)})`;
}

function formatFigure(value: number): string {
  return value.toFixed(Math.abs(value) < 100 ? 1 : 0);
}

function formatRatio(ratio: number): string {
  return ratio < 0.5 ? `${ratio.toFixed(3)} (1/${(1 / ratio).toFixed(1)})` : ratio.toFixed(3);
}

function formatBudget(line: Line): string {
  const { budget, unit } = line;
  if (budget === "none") return "";
  const bound = "atMost" in budget ? `≤ ${Number(budget.atMost.toFixed(3))}` : `≥ ${budget.atLeast}`;
  switch (budget.of) {
    case "ratio":
      return `ratio ${bound}`;
    case "median":
      return bound;
    case "difference":
      return `${formatFigure(differenceOf(line))} ${unit} more, ${bound}`;
  }
}
