import { PYTHON_VERSION } from "../pin.ts";

/** Whether woma's Python is within bounds such as `>=3.11,<4` (PEP 440, releases only); null when they cannot be read. */
export function allowsPython(bounds: string, version = PYTHON_VERSION): boolean | null {
  const clauses = bounds.split(",").map((clause) => clause.trim());
  const verdicts = clauses.filter((clause) => clause !== "").map((clause) => allows(clause, release(version)));
  return verdicts.includes(null) ? null : verdicts.every((verdict) => verdict === true);
}

function allows(clause: string, version: readonly number[]): boolean | null {
  const [, operator, text, wildcard] = /^(===|~=|==|!=|<=|>=|<|>)\s*v?(\d+(?:\.\d+)*)(\.\*)?$/.exec(clause) ?? [];
  if (operator === undefined || text === undefined) return null;
  const bound = release(text);
  const order = compare(version, bound);
  const isBelow = compare(version.slice(0, bound.length), bound) === 0;
  if (wildcard !== undefined) return operator === "==" ? isBelow : operator === "!=" ? !isBelow : null;
  switch (operator) {
    case "==":
    case "===":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    default:
      // ~=: the last number may grow.
      return bound.length < 2
        ? null
        : order >= 0 && compare(version.slice(0, bound.length - 1), bound.slice(0, -1)) === 0;
  }
}

function release(text: string): readonly number[] {
  return text.split(".").map(Number);
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
