import { describe, expect } from "bun:test";
import { join } from "node:path";
import { testUnless } from "../../support/loud-skip.ts";
import type { Names } from "./messages.ts";
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
  /** All of standard output. */
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
          const told = await run(await programOf(python));
          const { connections, lookups } = await network().seen();
          expect<object>({ ...told, reaches: connections, asks: [...new Set(lookups)].sort() }).toEqual(
            expected(attempt),
          );
        });
      };
      const byWoma = (attempt: Attempt | Never) => (program: string) => {
        const { flags = [], environment } = attempt as Attempt;
        return network().woma([...flags, "-c", program], environment);
      };
      const byPython = (program: string) => network().python(program);

      add("refused", { reaches: [], ...attacked }, byWoma(attacked));
      add("control, allowed", allowed, byWoma(allowed));
      add("control, without woma", "never" in native ? native : { prints: native.prints }, byPython);
    }
  });
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

async function programOf(python: string): Promise<string> {
  const attempt = await Bun.file(join(import.meta.dir, "attempt.py")).text();
  return attempt.replace("CODE: str\n", () => `CODE = ${JSON.stringify(python)}\n`);
}
