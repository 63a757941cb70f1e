import { join } from "node:path";
import { alternate } from "./alternate.ts";
import type { Line } from "./line.ts";
import type { Programs } from "./programs.ts";
import { spreadOf } from "./spread.ts";
import { timedRun } from "./timed-run.ts";

const MEGABYTES = 100;
const MEGABYTES_PER_SECOND = 100;
const COPY = "import shutil, sys; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)";
const ROUNDS = 7;

/** Bytes through a pipe into Python and out again. */
export async function measureThroughput(programs: Programs): Promise<readonly Line[]> {
  const input = join(programs.directory, "input");
  await Bun.write(input, new Uint8Array(MEGABYTES * 1_000_000).fill(0x61));
  const pipeline = (source: string, sink: string) =>
    timedRun(programs, ["sh", "-c", `cat "$1" | "$2" -c "$3" | ${sink}`, "sh", source, programs.woma, COPY]);
  const arrived = Number(pipeline(input, "wc -c").stdout);
  if (arrived !== MEGABYTES * 1_000_000) throw new Error(`of ${MEGABYTES} MB, ${arrived} bytes arrived`);

  const times = await alternate(ROUNDS, {
    full: () => pipeline(input, "cat >/dev/null").wallMs,
    empty: () => pipeline("/dev/null", "cat >/dev/null").wallMs,
  });
  const speeds = (runsMs: readonly number[]) => spreadOf(runsMs.map((ms) => (MEGABYTES / ms) * 1000));
  const line = (name: string, runsMs: readonly number[]): Line => ({
    name: `${MEGABYTES} MB through pipes, ${name}`,
    unit: "MB/s",
    woma: speeds(runsMs),
    against: "nothing",
    budget: { of: "median", atLeast: MEGABYTES_PER_SECOND },
  });
  return [
    line("whole process", times.full),
    line(
      "start subtracted",
      times.full.map((ms, round) => ms - (times.empty[round] ?? Number.NaN)),
    ),
  ];
}
