import { describe, expect, test } from "bun:test";
import { noCorePackages } from "../support/core.ts";
import { testUnless } from "../support/loud-skip.ts";
import { acceptedDifferences } from "./accepted-differences.ts";
import { loadCases } from "./case.ts";
import { type Outcome, play, readRecording } from "./outcome.ts";

const cases = await loadCases();
const withoutCore = await noCorePackages();

describe("woma prints, reports and exits as python3 did", () => {
  for (const given of cases) {
    const obstacle = given.name.startsWith("stdlib/zoneinfo") ? withoutCore : undefined;
    testUnless(obstacle, given.name, async () => expect(await play(given)).toEqual(await expected(given.name)));
  }
});

describe("the accepted differences", () => {
  test("name each stream of an existing case at most once", () => {
    const places = acceptedDifferences.map((difference) => `${difference.case} ${difference.in}`);
    expect(places).toEqual([...new Set(places)]);
    expect(
      acceptedDifferences
        .map((difference) => difference.case)
        .filter((name) => !cases.some((given) => given.name === name)),
    ).toEqual([]);
  });

  for (const { case: name, in: stream, woma } of acceptedDifferences) {
    test(`${name} differs in its ${stream}`, async () => {
      const python = String((await readRecording(name))[stream]);
      expect(woma(python)).not.toBe(python);
    });
  }
});

/** The recording, with the streams replaced in which woma is known to differ. */
async function expected(name: string): Promise<Outcome> {
  const python = await readRecording(name);
  const differences = acceptedDifferences.filter((difference) => difference.case === name);
  const changed = differences.map(({ in: stream, woma }) => [stream, fromText(stream, woma(String(python[stream])))]);
  return { ...python, ...Object.fromEntries(changed) };
}

function fromText(stream: keyof Outcome, text: string): string | number {
  return stream === "exitCode" ? Number(text) : text;
}
