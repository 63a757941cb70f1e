import { alternate } from "./alternate.ts";
import { type Line, rivalOf } from "./line.ts";
import type { Programs } from "./programs.ts";
import { spreadOf } from "./spread.ts";
import { timedRun } from "./timed-run.ts";

const CODE = "1+1";
const ROUNDS = 15;
const ADDED_AT_MOST_MS = 10;

/** What lock-down adds to a start: whole processes, with the wall and without. */
export async function measureWall(programs: Programs): Promise<readonly Line[]> {
  const start =
    (...flags: string[]) =>
    () =>
      timedRun(programs, [programs.woma, ...flags, "-c", CODE]).wallMs;
  const times = await alternate(ROUNDS, { locked: start(), unlocked: start("--insecure") });
  return [
    {
      name: `start, ${CODE}`,
      unit: "ms",
      woma: spreadOf(times.locked),
      against: rivalOf("woma --insecure", times.locked, times.unlocked),
      budget: { of: "difference", atMost: ADDED_AT_MOST_MS },
    },
  ];
}
