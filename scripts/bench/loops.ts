import { alternate } from "./alternate.ts";
import { type Line, rivalOf } from "./line.ts";
import loops from "./loops.py" with { type: "text" };
import type { Programs } from "./programs.ts";
import { spreadOf } from "./spread.ts";
import { timedRun } from "./timed-run.ts";

const ROUNDS = 7;
const SLOWER_BY_AT_MOST = 1.05;

/** Python at work, timed by Python itself, so that no start-up is in it; the best of a process's repeats. */
export async function measureLoops(programs: Programs): Promise<readonly Line[]> {
  const run =
    (...command: string[]) =>
    () =>
      JSON.parse(timedRun(programs, command).stdout) as Record<string, number>;
  const times = await alternate(ROUNDS, {
    woma: run(programs.woma, "-c", loops),
    stock: run(...programs.stock, loops),
  });
  return Object.keys(times.woma[0] ?? {}).map((name) => {
    const of = (runs: readonly Record<string, number>[]) => runs.map((run) => run[name] ?? Number.NaN);
    return {
      name: `loop: ${name}`,
      unit: "ms",
      woma: spreadOf(of(times.woma)),
      against: rivalOf("stock Pyodide in Bun", of(times.woma), of(times.stock)),
      budget: { of: "ratio", atMost: SLOWER_BY_AT_MOST },
    };
  });
}
