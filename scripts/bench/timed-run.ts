import type { Programs } from "./programs.ts";

export interface TimedRun {
  /** From the start of the process to its end. */
  readonly wallMs: number;
  readonly stdout: string;
}

/** Runs a command to its end. Throws when it fails: there is no figure then. */
export function timedRun(programs: Programs, command: readonly string[]): TimedRun {
  const started = performance.now();
  const child = Bun.spawnSync([...command], {
    cwd: programs.directory,
    env: programs.environment,
    stdin: null,
    stdout: "pipe",
    stderr: "pipe",
  });
  const wallMs = performance.now() - started;
  if (child.exitCode !== 0)
    throw new Error(`${command[0]} ended with ${child.exitCode ?? child.signalCode}:\n${child.stderr.toString()}`);
  return { wallMs, stdout: child.stdout.toString() };
}
