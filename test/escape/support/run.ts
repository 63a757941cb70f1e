import { scratchDirectory } from "../../support/woma.ts";

export interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly signal: number | string | null;
  readonly tookMs: number;
}

interface RunSettings {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** A run that takes longer has not been stopped by woma, and is killed. */
const LONGEST_RUN_MS = 20_000;

/** Runs a command to its end in an empty directory, with nothing of the test's environment but PATH. */
export async function run(command: readonly string[], { env, stdin = "" }: RunSettings = {}): Promise<Run> {
  await using scratch = await scratchDirectory();
  const started = performance.now();
  const child = Bun.spawn([...command], {
    cwd: scratch.path,
    env: { PATH: process.env["PATH"] ?? "", HOME: scratch.path, ...env },
    stdin: new TextEncoder().encode(stdin),
    stdout: "pipe",
    stderr: "pipe",
    timeout: LONGEST_RUN_MS,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  await child.exited;
  const tookMs = performance.now() - started;
  return { stdout, stderr, exitCode: child.exitCode, signal: child.signalCode, tookMs };
}
