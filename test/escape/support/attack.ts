import { beforeAll, describe, expect } from "bun:test";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { bareCell, LONGEST_HOOK_MS, nativePython, type Wall, wholeCell } from "./cells.ts";
import type { Kit } from "./kit.ts";
import { javascriptPart, type Part, pythonPart, runParts } from "./parts.ts";

/**
 * One attack, up to three ways. What it comes to is a text: the value that it got, or its failure: an errno's name, an
 * exception, how the cell was ended.
 */
export interface Attack {
  /** For the cell: `given`. */
  readonly given?: Kit["given"];
  readonly python?: PythonAttempt;
  readonly javascript?: Attempt;
  readonly systemCall?: Attempt;
  /** What the attack has left behind in the world, looked at after the attempts behind the wall, and after the others. */
  readonly aftermath?: { readonly look: () => unknown; readonly refused: unknown; readonly control: unknown };
}

/** Ordinary Python. Its control is a python3 without woma. The last expression is the value. */
interface PythonAttempt {
  readonly code: string;
  readonly refused: Told;
  readonly control: Told;
}

/** The function goes into the cell as text. Its control is the same cell without the wall. */
interface Attempt {
  readonly run: (kit: Kit) => unknown;
  readonly refused: Told;
  readonly control: Told;
  /**
   * In woma the JavaScript is injected by way of Python, under which no promise is ever settled; a bare cell is
   * JavaScript from the start. Both, unless said.
   */
  readonly cells?: "bare";
}

type Told = string | RegExp;

/** Tests that a cell cannot do this, and that the attack would work but for the wall. */
export function attack(what: string, { given = {}, python, javascript, systemCall, aftermath }: Attack): void {
  const attempts = Object.entries({ "from JavaScript": javascript, "by system call": systemCall }).flatMap(
    ([how, attempt]) => (attempt === undefined ? [] : [{ how, attempt, part: javascriptPart(attempt.run, given) }]),
  );
  const pythonParts = python === undefined ? [] : [pythonPart(python.code, given)];
  const injected = attempts.filter(({ attempt }) => attempt.cells !== "bare");

  const runBoth = async (wall: Wall): Promise<Record<string, string>> => {
    const inBoth: readonly Part[] = [...(wall === "wall" ? pythonParts : []), ...injected.map(({ part }) => part)];
    const [whole, bare, native] = await Promise.all([
      runParts(wholeCell(wall), inBoth),
      runParts(
        bareCell(wall),
        attempts.map(({ part }) => part),
      ),
      wall === "wall" ? [] : runParts(nativePython(), pythonParts),
    ]);
    const inPython = wall === "wall" ? whole.splice(0, pythonParts.length) : native;
    return Object.fromEntries([
      ...inPython.map((told) => ["from Python", told]),
      ...injected.map(({ how }, index) => [`${how}, injected`, whole[index]]),
      ...attempts.map(({ how }, index) => [`${how}, bare`, bare[index]]),
    ]);
  };

  describe(`a cell cannot ${what}:`, () => {
    let behindWall: Record<string, string>;
    let without: Record<string, string>;
    let leftBehind: readonly unknown[] = [];

    beforeAll(async () => {
      if (notOnLinux !== undefined) return;
      if (aftermath === undefined) {
        [behindWall, without] = await Promise.all([runBoth("wall"), runBoth("no wall")]);
        return;
      }
      behindWall = await runBoth("wall");
      const after = await aftermath.look();
      without = await runBoth("no wall");
      leftBehind = [after, await aftermath.look()];
    }, LONGEST_HOOK_MS);

    const check = (how: string, { refused, control }: { refused: Told; control: Told }) => {
      expect({ refused: behindWall[how], control: without[how] }).toEqual({
        refused: matching(refused),
        control: matching(control),
      });
    };
    if (python !== undefined) testUnless(notOnLinux, "from Python", async () => check("from Python", python));
    for (const { how, attempt } of attempts) {
      testUnless(notOnLinux, how, async () => {
        check(`${how}, bare`, attempt);
        if (attempt.cells !== "bare") check(`${how}, injected`, attempt);
      });
    }
    if (aftermath !== undefined) {
      testUnless(notOnLinux, "and nothing of it is left behind", async () => {
        expect(leftBehind).toEqual([aftermath.refused, aftermath.control]);
      });
    }
  });
}

function matching(told: Told): string {
  return typeof told === "string" ? told : expect.stringMatching(told);
}
