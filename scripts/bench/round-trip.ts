import { alternate } from "./alternate.ts";
import type { Line } from "./line.ts";
import type { Programs } from "./programs.ts";
import pollOutput from "./round-trip.py" with { type: "text" };
import { spreadOf } from "./spread.ts";
import { timedRun } from "./timed-run.ts";

const ROUNDS = 7;
const MICROSECONDS_AT_MOST = 100;

/** A request that the broker answers at once, timed by Python itself: the mean of a process's many. */
export async function measureRoundTrip(programs: Programs): Promise<readonly Line[]> {
  const { woma } = await alternate(ROUNDS, {
    woma: () => Number(timedRun(programs, [programs.woma, "-c", pollOutput]).stdout),
  });
  return [
    {
      name: "request round trip, poll(0)",
      unit: "µs",
      woma: spreadOf(woma),
      against: "nothing",
      budget: { of: "median", atMost: MICROSECONDS_AT_MOST },
    },
  ];
}
