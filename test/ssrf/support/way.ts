import { describe, expect } from "bun:test";
import { type Obstacle, testUnless } from "../../support/loud-skip.ts";
import { Batch } from "./batch.ts";
import type { Names } from "./messages.ts";
import { noPrivateNetwork, type PrivateNetwork } from "./private-network.ts";

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
  /** Who is connected to, in order, each once. */
  readonly reaches?: readonly string[];
  /** What is asked of the name server, in any order, each once. */
  readonly asks?: readonly string[];
}

/** Why an attempt cannot be made. */
interface Never {
  readonly never: string;
}

/**
 * Tests that each way is closed, which the program is told and the servers notice; that the way would lead there but for
 * the policy; and that it does for a Python without one. Attempts that are made alike share one run: each has its line of
 * the output, and what the servers see is compared for all of them.
 */
export function ways(
  network: () => PrivateNetwork,
  title: string,
  rows: readonly Way[],
  obstacle: Obstacle = noPrivateNetwork,
): void {
  const batches = new Map<string, Batch>();
  const add = (what: string, way: Way, attempt: Attempt | Never, by: "woma" | "python3") => {
    if ("never" in attempt) return;
    const { flags, environment } = attempt;
    const key = JSON.stringify([by, flags, environment, way.names, changes(way.names) && way.sentence]);
    const batch = batches.get(key) ?? new Batch(network, by);
    batches.set(key, batch);
    const place = batch.add(way, attempt);
    testUnless(obstacle, `${way.sentence}: ${what}`, async () => {
      const { lines, stderr } = await batch.outcome();
      expect(lines[place] ?? stderr).toEqual(
        typeof attempt.prints === "string" ? attempt.prints : expect.stringMatching(attempt.prints),
      );
      if (batch.size === 1) await checkWhole(batch);
    });
  };

  describe(title, () => {
    for (const way of rows) {
      const { attacked, allowed, native = allowed } = way;
      add("refused", way, { reaches: [], ...attacked }, "woma");
      add("control, allowed", way, allowed, "woma");
      add("control, without woma", way, "never" in native ? native : { prints: native.prints }, "python3");
    }
    for (const batch of [...batches.values()].filter(({ size }) => size > 1)) {
      testUnless(obstacle, `and of ${batch.name} nothing else is seen`, () => checkWhole(batch));
    }
  });
}

async function checkWhole(batch: Batch): Promise<void> {
  const { lines, ...rest } = await batch.outcome();
  expect<object>({ lines: lines.length, ...rest }).toEqual({
    // The last line ends as well.
    lines: batch.size + 1,
    stderr: "",
    exitCode: 0,
    ...batch.expected(),
  });
}

/** Has each allowed with what allows the others too, which spares a run for each. */
export function allowedTogether(rows: readonly Way[]): Way[] {
  const all = rows.flatMap(({ allowed }) => ("never" in allowed ? [] : (allowed.flags ?? [])));
  const flags = [...new Set(all)];
  const names: Names = Object.assign({}, ...rows.map(({ names }) => names));
  return rows.map((way) => ({
    ...way,
    names,
    allowed: "never" in way.allowed ? way.allowed : { ...way.allowed, flags },
  }));
}

/** What answers differently each time cannot be shared. */
function changes(names: Names = {}): boolean {
  return Object.values(names).some((script) => "turns" in script);
}
