import type { Addresses } from "../support/network/web-network.ts";
import { scratchDirectory } from "../support/woma.ts";
import { programsDirectory } from "./behaviours.ts";
import { normalised, type Outcome } from "./outcome.ts";

/** A way to run a Python program: its command line comes after `command`. */
export interface Side {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface Task {
  readonly program: string;
  readonly behaviours: readonly string[];
  readonly addresses: Addresses;
}

/** No behaviour takes so long; one that does is ended, and the others go on without it. */
const LONGEST_SILENCE_MS = 30_000;

/** Runs the behaviours in one process, or in another one after each that hangs or kills it. */
export async function drive(side: Side, task: Task): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  let left = task.behaviours;
  while (left.length > 0) {
    const before = outcomes.size;
    await driveOnce(side, { ...task, behaviours: left }, outcomes);
    left = left.filter((name) => !outcomes.has(name));
    if (outcomes.size === before) throw new Error("the driver made no progress");
  }
  return outcomes;
}

async function driveOnce(side: Side, task: Task, outcomes: Map<string, Outcome>): Promise<void> {
  await using scratch = await scratchDirectory();
  const { program, behaviours, addresses } = task;
  const settings = JSON.stringify({ network: addresses, behaviours });
  const child = Bun.spawn([...side.command, `${programsDirectory}/driver.py`, program, settings], {
    cwd: scratch.path,
    env: { PATH: process.env["PATH"] ?? "", HOME: scratch.path, TMPDIR: scratch.path, ...side.environment },
    stdin: null,
    stdout: "pipe",
    stderr: "pipe",
  });
  const errors = new Response(child.stderr).text();
  let silent = false;
  const giveUp = () => {
    silent = true;
    child.kill("SIGKILL");
  };
  let timer = setTimeout(giveUp, LONGEST_SILENCE_MS);
  let started: string | undefined;
  for await (const line of linesOf(child.stdout)) {
    clearTimeout(timer);
    timer = setTimeout(giveUp, LONGEST_SILENCE_MS);
    const { behaviour, ...report } = reportIn(line, addresses);
    if (behaviour === undefined) {
      started = report.started;
    } else {
      outcomes.set(behaviour, report);
      started = undefined;
    }
  }
  clearTimeout(timer);
  const exitCode = await child.exited;
  const ended = `exit code ${exitCode}: ${(await errors).slice(-2000)}`;
  const outcome = silent ? { hung: await errors } : { died: ended };
  // Before the first behaviour, nothing works.
  if (started !== undefined) outcomes.set(started, outcome);
  else for (const name of behaviours) if (!outcomes.has(name)) outcomes.set(name, outcome);
}

function reportIn(line: string, addresses: Addresses): { behaviour?: string; started?: string } & Outcome {
  return JSON.parse(line, (_, value) => (typeof value === "string" ? normalised(value, addresses) : value));
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
