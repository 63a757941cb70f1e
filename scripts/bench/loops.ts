import { alternate } from "./alternate.ts";
import { type Line, rivalOf } from "./line.ts";
import loops from "./loops.py" with { type: "text" };
import type { Programs } from "./programs.ts";
import { spreadOf } from "./spread.ts";
import { timedRun } from "./timed-run.ts";

const ROUNDS = 7;
const SLOWER_BY_AT_MOST = 1.05;
const SLOWER_BEHIND_THE_WALL_BY_AT_MOST = 1.02;

/** Python at work, timed by Python itself, so that no start-up is in it; the best of a process's repeats. */
export function measureLoops(programs: Programs): Promise<readonly Line[]> {
  return compare(programs, {
    title: "loop",
    rival: { name: "stock Pyodide in Bun", command: programs.stock },
    atMost: SLOWER_BY_AT_MOST,
  });
}

/** The same loops, in a locked cell and in one that is not. */
export function measureWalledLoops(programs: Programs): Promise<readonly Line[]> {
  return compare(programs, {
    title: "loop behind the wall",
    rival: { name: "woma --insecure", command: [programs.woma, "--insecure", "-c"] },
    atMost: SLOWER_BEHIND_THE_WALL_BY_AT_MOST,
  });
}

interface Comparison {
  readonly title: string;
  /** The command takes the loops' code as its last argument. */
  readonly rival: { readonly name: string; readonly command: readonly string[] };
  readonly atMost: number;
}

async function compare(programs: Programs, { title, rival, atMost }: Comparison): Promise<readonly Line[]> {
  const run = (command: readonly string[]) => () =>
    JSON.parse(timedRun(programs, [...command, loops]).stdout) as Record<string, number>;
  const times = await alternate(ROUNDS, { woma: run([programs.woma, "-c"]), rival: run(rival.command) });
  return Object.keys(times.woma[0] ?? {}).map((name) => {
    const of = (runs: readonly Record<string, number>[]) => runs.map((run) => run[name] ?? Number.NaN);
    return {
      name: `${title}: ${name}`,
      unit: "ms",
      woma: spreadOf(of(times.woma)),
      against: rivalOf(rival.name, of(times.woma), of(times.rival)),
      budget: { of: "ratio", atMost },
    };
  });
}
