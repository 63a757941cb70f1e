import type { Budget, Line } from "./line.ts";
import { proportionalSizes } from "./process-tree.ts";
import type { Programs } from "./programs.ts";
import { spreadOf } from "./spread.ts";

const PAUSE_MS = 3;
const ROUNDS = 7;
const MEGABYTES: Budget = { of: "median", atMost: 200 };

/** The moment at which broker and cell together were largest. */
interface Peak {
  readonly broker: number;
  readonly cell: number;
}

/** Peak memory of a run, each page counted once however many processes share it. Linux only. */
export async function measureMemory(programs: Programs): Promise<readonly Line[]> {
  const brief = await peaks(programs, "print(1)");
  // One that stays a while is sampled more often after its start.
  const staying = await peaks(programs, "print(1); import time; time.sleep(.3)");
  const line = (name: string, megabytes: readonly number[], budget: Budget): Line => ({
    name: `peak PSS, ${name}`,
    unit: "MB",
    woma: spreadOf(megabytes),
    against: "nothing",
    budget,
  });
  return [
    line("print(1)", brief.map(total), MEGABYTES),
    line("print(1), then 0.3 s", staying.map(total), MEGABYTES),
    line(
      "of it the broker",
      staying.map(({ broker }) => broker),
      "none",
    ),
    line(
      "of it the cell",
      staying.map(({ cell }) => cell),
      "none",
    ),
  ];
}

async function peaks(programs: Programs, code: string): Promise<readonly Peak[]> {
  const found: Peak[] = [];
  for (let round = 0; round < ROUNDS; round++) found.push(await peakOf(programs, code));
  return found;
}

async function peakOf(programs: Programs, code: string): Promise<Peak> {
  const child = Bun.spawn([programs.woma, "-c", code], {
    cwd: programs.directory,
    env: programs.environment,
    stdin: null,
    stdout: "ignore",
    stderr: "inherit",
  });
  let peak: Peak = { broker: 0, cell: 0 };
  while (child.exitCode === null && child.signalCode === null) {
    const sizes = proportionalSizes(child.pid);
    const broker = sizes.get(child.pid) ?? 0;
    const sample = { broker, cell: [...sizes.values()].reduce((sum, size) => sum + size, 0) - broker };
    if (total(sample) > total(peak)) peak = sample;
    await Bun.sleep(PAUSE_MS);
  }
  if (child.exitCode !== 0) throw new Error(`woma -c ${code} ended with ${child.exitCode ?? child.signalCode}`);
  return peak;
}

function total({ broker, cell }: Peak): number {
  return broker + cell;
}
