/** A behaviour that woma has in another way than a native CPython. */
export interface AcceptedDifference {
  readonly library: string;
  readonly behaviour: string;
  readonly reason: string;
  /** What comes of it in woma. The test holds it: a difference that is gone, or became another one, fails. */
  readonly woma: unknown;
}

const acceptedDifferences: readonly AcceptedDifference[] = [];

export function acceptedDifferencesOf(library: string, behaviours: readonly string[]): Map<string, AcceptedDifference> {
  const differences = acceptedDifferences.filter((difference) => difference.library === library);
  const unknown = differences.filter(({ behaviour }) => !behaviours.includes(behaviour));
  if (unknown.length > 0) throw new Error(`accepted, but no behaviour of ${library}: ${JSON.stringify(unknown)}`);
  return new Map(differences.map((difference) => [difference.behaviour, difference]));
}
