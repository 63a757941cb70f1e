import { afterAll, beforeAll, describe, expect } from "bun:test";
import { type Obstacle, testUnless } from "../support/loud-skip.ts";
import { noMirror } from "../support/mirror.ts";
import { noNativePython } from "../support/native-python.ts";
import { noOpenssl } from "../support/network/certificates.ts";
import type { Addresses } from "../support/network/web-network.ts";
import { noPackageIndex } from "../support/real-index.ts";
import { acceptedDifferencesOf } from "./accepted-differences.ts";
import { behavioursOf } from "./behaviours.ts";
import { drive } from "./driving.ts";
import type { Library, WrittenLibrary } from "./library.ts";
import type { Outcome } from "./outcome.ts";
import { nativeSide, WomaSides } from "./sides.ts";

const commonObstacle = (await noPackageIndex()) ?? (await noMirror()) ?? (await noNativePython()) ?? noOpenssl;

/** The programs of two sides, with everything that they install the first time. */
const LONGEST_COMPARISON_MS = 900_000;

/** Servers that the programs of some libraries need. */
export interface Servers {
  readonly start: () => Promise<AsyncDisposable & { readonly addresses: Addresses }>;
  readonly obstacle?: Obstacle;
}

/**
 * One test for each behaviour of each library: woma gives what a native CPython gives with the same library, or what is
 * written down where that has none.
 */
export function matrix(libraries: readonly (Library | WrittenLibrary)[], servers: Servers): void {
  const obstacle = commonObstacle ?? servers.obstacle;
  let network: Awaited<ReturnType<Servers["start"]>> | undefined;
  let sides: WomaSides | undefined;
  afterAll(async () => {
    await sides?.[Symbol.asyncDispose]();
    await network?.[Symbol.asyncDispose]();
  });
  for (const library of libraries)
    describe(library.name, () => {
      const behaviours = behavioursOf(library);
      const differences = acceptedDifferencesOf(library.name, behaviours);
      let native: ReadonlyMap<string, Outcome>;
      let woma: ReadonlyMap<string, Outcome>;
      beforeAll(async () => {
        if (obstacle !== undefined) return;
        network ??= await servers.start();
        sides ??= await WomaSides.start();
        const task = { program: library.program, behaviours, addresses: network.addresses };
        native = "expected" in library ? written(library, behaviours) : await drive(await nativeSide(library), task);
        woma = await drive(await sides.of(library), task);
      }, LONGEST_COMPARISON_MS);

      for (const behaviour of behaviours)
        testUnless(obstacle, behaviour, async () => {
          const expected = native.get(behaviour);
          // A program that fails with the native library is wrong itself.
          expect(expected).toEqual({ result: expect.anything() });
          const difference = differences.get(behaviour);
          if (difference === undefined) expect(woma.get(behaviour)).toEqual(expected as Outcome);
          else expect(woma.get(behaviour)).toEqual({ result: difference.woma });
          if (difference !== undefined) expect(expected).not.toEqual({ result: difference.woma });
        });
    });
}

function written({ name, expected }: WrittenLibrary, behaviours: readonly string[]): Map<string, Outcome> {
  expect({ name, behaviours: Object.keys(expected).sort() }).toEqual({ name, behaviours: [...behaviours].sort() });
  return new Map(Object.entries(expected).map(([behaviour, result]) => [behaviour, { result }]));
}
