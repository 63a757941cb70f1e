/** The known name that a typed one was probably meant for; null when none is near enough to say so. */
export function nearestName(typed: string, known: readonly string[]): string | null {
  const wanted = plain(typed);
  let nearest: string | null = null;
  let least = Math.min(FURTHEST, Math.floor(wanted.length / LETTERS_AN_EDIT)) + 1;
  for (const name of known) {
    const edits = distance(wanted, plain(name), least);
    if (edits >= least) continue;
    [nearest, least] = [name, edits];
  }
  return nearest;
}

const FURTHEST = 2;
/** With fewer letters everything is near. */
const LETTERS_AN_EDIT = 4;

/** What people get wrong most is no difference. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "");
}

/** Letters put in, left out, changed, or swapped with their neighbour; at `limit` it stops counting. */
function distance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit;
  let [before, last] = [[] as number[], Array.from({ length: right.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const changed = left[row - 1] === right[column - 1] ? 0 : 1;
      let edits = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + changed);
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) edits = Math.min(edits, at(before, column - 2) + 1);
      current.push(edits);
    }
    if (Math.min(...current) >= limit) return limit;
    [before, last] = [last, current];
  }
  return at(last, right.length);
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? Number.POSITIVE_INFINITY;
}
