/**
 * Takes every measurement once a round, in turn, so that a drift of the machine's speed meets all of them alike.
 * One round before the first is not counted: it warms the caches.
 */
export async function alternate<Name extends string, Result>(
  rounds: number,
  measurements: Readonly<Record<Name, () => Result | Promise<Result>>>,
): Promise<Readonly<Record<Name, readonly Result[]>>> {
  const names = Object.keys(measurements) as Name[];
  const taken = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Result[]>;
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const result = await measurements[name]();
      if (round > 0) taken[name].push(result);
    }
  }
  return taken;
}
