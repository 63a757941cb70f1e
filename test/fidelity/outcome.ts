import { join } from "node:path";
import { runWoma, scratchDirectory } from "../support/woma.ts";
import { casesDirectory, type FidelityCase, layOut, recordingName } from "./case.ts";
import { normalise } from "./normalise.ts";

/** What a run left behind, normalised, so that two machines can be compared. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Arrays of lines, so that a change of a recording reads well in a diff. */
interface Recording {
  readonly exitCode: number;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

/**
 * Runs one case with the program that runWoma starts, in a directory of its own. The recorder uses this as well,
 * with python3 in woma's place, so that both get the same working directory, environment and pipes.
 */
export async function play(given: FidelityCase): Promise<Outcome> {
  await using scratch = await scratchDirectory();
  await layOut(given, scratch.path);
  const run = await runWoma(given.args, { cwd: scratch.path, stdin: given.stdin, env: { LANG: "C.UTF-8" } });
  return {
    exitCode: run.exitCode,
    stdout: given.ignore.stdout === undefined ? normalise(readable(run.stdoutBytes), scratch.path) : "",
    stderr: given.ignore.stderr === undefined ? normalise(run.stderr, scratch.path) : "",
  };
}

export async function readRecording(name: string): Promise<Outcome> {
  const recording = (await Bun.file(recordingPath(name)).json()) as Recording;
  return { exitCode: recording.exitCode, stdout: recording.stdout.join("\n"), stderr: recording.stderr.join("\n") };
}

export async function writeRecording(name: string, outcome: Outcome): Promise<void> {
  const recording: Recording = {
    exitCode: outcome.exitCode,
    stdout: linesOf(outcome.stdout),
    stderr: linesOf(outcome.stderr),
  };
  await Bun.write(recordingPath(name), `${JSON.stringify(recording, null, 2)}\n`);
}

function recordingPath(name: string): string {
  return join(casesDirectory, name, recordingName);
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.split("\n");
}

/** UTF-8, or, when it is not, every byte as the character of that number, marked so that the two cannot be confused. */
function readable(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return `(bytes) ${Buffer.from(bytes).toString("latin1")}`;
  }
}
