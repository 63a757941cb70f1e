import { beforeAll, describe, expect } from "bun:test";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { bareCell, LONGEST_HOOK_MS, wholeCell } from "./cells.ts";
import type { Kit } from "./kit.ts";
import { javascriptPart, runParts } from "./parts.ts";

/** What a cell says to its broker by itself, past woma's own code. */
interface Forgery {
  readonly run: (kit: Kit) => unknown;
  /** What it comes to, or how the cell was ended. */
  readonly refused: string | RegExp;
  /** An honest request, and what that comes to. */
  readonly honest: (kit: Kit) => unknown;
  readonly answered: string | RegExp;
  readonly flags?: readonly string[];
}

/** What most forgeries are held against: closing what was never open. */
export const HONEST = {
  honest: ({ ask }: Kit) => JSON.stringify(ask({ op: "close", handle: 999 })),
  answered: '{"errno":"EBADF"}',
};

/** Tests that the broker survives what a cell sends and discloses nothing. No wall is in the way of that. */
export function forgery(what: string, { run, refused, honest, answered, flags = [] }: Forgery): void {
  describe(`a cell cannot ${what}:`, () => {
    const told: Record<string, string[]> = {};

    beforeAll(async () => {
      if (notOnLinux !== undefined) return;
      const parts = [javascriptPart(honest, {}), javascriptPart(run, {})];
      [told["bare"], told["injected"]] = await Promise.all([
        runParts(bareCell("wall", flags), parts),
        runParts(wholeCell("wall", flags), parts),
      ]);
    }, LONGEST_HOOK_MS);

    const expected = [answered, refused].map((text) => (typeof text === "string" ? text : expect.stringMatching(text)));
    for (const how of ["bare", "injected"]) {
      testUnless(notOnLinux, `from JavaScript, ${how}`, async () => {
        expect(told[how] as unknown).toEqual(expected);
      });
    }
  });
}
