/**
 * Speed and memory of the compiled woma beside stock Pyodide in Bun, in one run: `bun scripts/bench.ts [--strict]`.
 * A missed budget is reported; with --strict it is also exit status 1.
 */
import { mkdir } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { measureColdStart } from "./bench/cold-start.ts";
import { measureEndings } from "./bench/endings.ts";
import { type Line, verdictOf } from "./bench/line.ts";
import { measureLoops, measureWalledLoops } from "./bench/loops.ts";
import { measureMemory } from "./bench/memory.ts";
import { measureMounts } from "./bench/mounts.ts";
import { measureNetwork } from "./bench/network.ts";
import { measurePackages } from "./bench/packages.ts";
import { openPrograms, type Programs } from "./bench/programs.ts";
import { measurePrompt } from "./bench/prompt.ts";
import { measureRoundTrip } from "./bench/round-trip.ts";
import { formatTable } from "./bench/table.ts";
import { measureThroughput } from "./bench/throughput.ts";
import { measureWall } from "./bench/wall.ts";
import { buildDirectory } from "./build-cache.ts";

interface Measurement {
  readonly name: string;
  readonly take: (programs: Programs) => Promise<readonly Line[]>;
  readonly on: readonly NodeJS.Platform[] | "every system";
}

const MEASUREMENTS: readonly Measurement[] = [
  { name: "cold start", take: measureColdStart, on: "every system" },
  { name: "loops", take: measureLoops, on: "every system" },
  { name: "throughput", take: measureThroughput, on: ["linux", "darwin"] },
  { name: "memory", take: measureMemory, on: ["linux"] },
  { name: "prompt", take: measurePrompt, on: ["linux", "darwin"] },
  { name: "wall", take: measureWall, on: ["linux", "darwin"] },
  { name: "loops behind the wall", take: measureWalledLoops, on: ["linux", "darwin"] },
  { name: "round trip", take: measureRoundTrip, on: ["linux", "darwin"] },
  { name: "mounts", take: measureMounts, on: ["linux"] },
  { name: "network", take: measureNetwork, on: ["linux"] },
  { name: "packages", take: measurePackages, on: ["linux"] },
  { name: "endings", take: measureEndings, on: ["linux"] },
];

const strict = process.argv.includes("--strict");
await using programs = await openPrograms();
const lines = await measureAll(programs);
console.log(formatTable(lines));
await writeFigures(lines);
const missed = lines.filter((line) => verdictOf(line) === "MISS");
console.log(missed.length === 0 ? "\nevery budget kept" : `\nmissed: ${missed.map((line) => line.name).join("; ")}`);
if (strict && missed.length > 0) process.exitCode = 1;

async function measureAll(programs: Programs): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const { name, take, on } of MEASUREMENTS) {
    if (on !== "every system" && !on.includes(process.platform)) {
      console.error(`${name}: not measured on ${process.platform}`);
      continue;
    }
    console.error(`${name} …`);
    lines.push(...(await take(programs)));
  }
  return lines;
}

async function writeFigures(lines: readonly Line[]): Promise<void> {
  const machine = {
    platform: process.platform,
    architecture: process.arch,
    processors: cpus().length,
    bun: Bun.version,
  };
  const figures = { machine, lines: lines.map((line) => ({ ...line, verdict: verdictOf(line) })) };
  await mkdir(buildDirectory, { recursive: true });
  await Bun.write(join(buildDirectory, "bench.json"), `${JSON.stringify(figures, null, 2)}\n`);
}
