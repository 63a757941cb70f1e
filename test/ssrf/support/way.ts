import { beforeAll, describe, expect } from "bun:test";
import { join } from "node:path";
import { testUnless } from "../../support/loud-skip.ts";
import type { Names, Seen } from "./messages.ts";
import { noPrivateNetwork, type PrivateNetwork, type Told } from "./private-network.ts";

/** One way to what a program may not reach. */
export interface Way {
  readonly sentence: string;
  /** The value of its last expression is what it got. */
  readonly python: string;
  readonly names?: Names;
  readonly attacked: Attempt;
  /** The same with what allows it. */
  readonly allowed: Attempt | Never;
  /** In a python3 without woma; as when allowed, unless said. */
  readonly native?: Attempt | Never;
}

export interface Attempt {
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** All of standard output, but for the end of the line. */
  readonly prints: string | RegExp;
  /** Who is connected to, in order. */
  readonly reaches?: readonly string[];
  /** What is asked of the name server, in any order, each once. */
  readonly asks?: readonly string[];
}

/** Why an attempt cannot be made. */
export interface Never {
  readonly never: string;
}

/**
 * Tests that each way is closed, which the program is told and the servers notice; that the way would lead there but for
 * the policy; and that it does for a Python without one.
 */
export function ways(network: () => PrivateNetwork, title: string, rows: readonly Way[]): void {
  describe(title, () => {
    for (const { sentence, python, names, attacked, allowed, native = allowed } of rows) {
      const add = (what: string, attempt: Attempt | Never, run: (program: string) => Promise<Told>) => {
        if ("never" in attempt) return;
        testUnless(noPrivateNetwork, `${sentence}: ${what}`, async () => {
          await network().prepare(names);
          const told = await run(await programOf([python]));
          expect<object>({ ...told, ...sorted(await network().seen()) }).toEqual(expected(attempt));
        });
      };
      const byWoma = (attempt: Attempt | Never) => (program: string) => runWoma(network(), attempt, program);
      const byPython = (program: string) => network().python(program);

      add("refused", { reaches: [], ...attacked }, byWoma(attacked));
      add("control, allowed", allowed, byWoma(allowed));
      add("control, without woma", "never" in native ? native : { prints: native.prints }, byPython);
    }
  });
}

/** The same in three runs for all rows: all are attacked alike, and the flags that allow them are given together. */
export function waysTogether(network: () => PrivateNetwork, title: string, rows: readonly Way[]): void {
  const [first] = rows;
  if (first === undefined) return;
  const names = Object.assign({}, ...rows.map(({ names }) => names)) as Names;
  const run = async (chosen: readonly Way[], attempt: Attempt, by: "woma" | "python") => {
    await network().prepare(names);
    const program = await programOf(chosen.map(({ python }) => python));
    const told = by === "woma" ? await runWoma(network(), attempt, program) : await network().python(program);
    return { ...told, ...sorted(await network().seen()) };
  };
  const lineOf = (told: Told | undefined, chosen: readonly Way[], way: Way) =>
    told?.stdout.split("\n")[chosen.indexOf(way)] ?? told?.stderr;

  describe(title, () => {
    const allowable = rows.filter(({ allowed }) => !("never" in allowed));
    const natural = rows.filter(({ allowed, native = allowed }) => !("never" in native));
    const flags = allowable.flatMap(({ allowed }) => ("never" in allowed ? [] : (allowed.flags ?? [])));
    let attacked: Told & { reaches: readonly string[]; asks: readonly string[] };
    let allowed: Told;
    let native: Told;
    beforeAll(async () => {
      if (noPrivateNetwork !== undefined) return;
      attacked = await run(rows, first.attacked, "woma");
      allowed = await run(allowable, { flags, prints: "" }, "woma");
      native = await run(natural, { prints: "" }, "python");
    });

    for (const row of rows) {
      testUnless(noPrivateNetwork, `${row.sentence}: refused`, async () => {
        expect(lineOf(attacked, rows, row)).toEqual(matching(row.attacked.prints));
      });
      testUnless(noPrivateNetwork, `${row.sentence}: controls`, async () => {
        const controls = [
          { attempt: row.allowed, told: lineOf(allowed, allowable, row) },
          { attempt: row.native ?? row.allowed, told: lineOf(native, natural, row) },
        ].filter(({ attempt }) => !("never" in attempt));
        expect(controls.map(({ told }) => told)).toEqual(
          controls.map(({ attempt }) => ("never" in attempt ? undefined : matching(attempt.prints))),
        );
      });
    }

    testUnless(noPrivateNetwork, "and nobody noticed", async () => {
      const { stderr, exitCode, reaches, asks } = attacked;
      expect<object>({ stderr, exitCode, reaches, asks }).toEqual({
        stderr: "",
        exitCode: 0,
        reaches: [],
        asks: first.attacked.asks ?? expect.any(Array),
      });
    });
  });
}

function runWoma(network: PrivateNetwork, attempt: Attempt | Never, program: string): Promise<Told> {
  const { flags = [], environment } = attempt as Attempt;
  return network.woma([...flags, "-c", program], environment);
}

async function programOf(codes: readonly string[]): Promise<string> {
  const attempt = await Bun.file(join(import.meta.dir, "attempt.py")).text();
  return attempt.replace("CODES: list\n", () => `CODES = ${JSON.stringify(codes)}\n`);
}

function sorted({ connections, lookups }: Seen): { reaches: readonly string[]; asks: readonly string[] } {
  return { reaches: connections, asks: [...new Set(lookups)].sort() };
}

function expected({ prints, reaches, asks }: Attempt): object {
  return {
    stdout: typeof prints === "string" ? `${prints}\n` : expect.stringMatching(prints),
    stderr: "",
    exitCode: 0,
    reaches: reaches ?? expect.any(Array),
    asks: asks === undefined ? expect.any(Array) : [...asks].sort(),
  };
}

function matching(prints: string | RegExp): string {
  return typeof prints === "string" ? prints : expect.stringMatching(prints);
}
