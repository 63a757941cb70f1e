import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { alternate } from "./alternate.ts";
import { type Budget, type Line, rivalOf } from "./line.ts";
import useFiles from "./mounts.py" with { type: "text" };
import type { Programs } from "./programs.ts";
import { spreadOf } from "./spread.ts";
import { timedRun } from "./timed-run.ts";

const ROUNDS = 7;
const GUEST = "/data";
const MEGABYTES_PER_SECOND: Budget = { of: "median", atLeast: 500 };
const MICROSECONDS: Budget = { of: "median", atMost: 80 };

/** What mounts.py prints: MB/s, and microseconds. */
interface Figures {
  readonly write: number;
  readonly read: number;
  readonly stat: number;
}

/** Files on a mount, timed by Python itself, and the same files by a native Python. */
export async function measureMounts(programs: Programs): Promise<readonly Line[]> {
  const { woma, python, directory } = programs;
  const host = join(directory, "mounted");
  await mkdir(join(host, "a", "b"), { recursive: true });
  await Bun.write(join(host, "a", "b", "c"), "");
  const figures = (...command: string[]) => JSON.parse(timedRun(programs, command).stdout) as Figures;
  const taken = await alternate(ROUNDS, {
    woma: () => figures(woma, "--mount", `${host}:${GUEST}`, "-c", useFiles, GUEST),
    python: () => (python === "none" ? NO_FIGURES : figures(python.path, "-c", useFiles, host)),
  });
  await rm(host, { recursive: true });

  const line = (name: string, unit: Line["unit"], of: (figures: Figures) => number): Line => {
    const [ours, native] = [taken.woma.map(of), taken.python.map(of)];
    return {
      name,
      unit,
      woma: spreadOf(ours),
      against: python === "none" ? "nothing" : rivalOf(`CPython ${python.version}`, ours, native),
      budget: unit === "µs" ? MICROSECONDS : MEGABYTES_PER_SECOND,
    };
  };
  return [
    line("mount: write 200 × 1 MiB", "MB/s", ({ write }) => write),
    line("mount: read 200 × 1 MiB", "MB/s", ({ read }) => read),
    line("mount: stat, three levels deep", "µs", ({ stat }) => stat),
  ];
}

const NO_FIGURES: Figures = { write: Number.NaN, read: Number.NaN, stat: Number.NaN };
