import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtBinary } from "./binary.ts";

export interface RunOptions {
  readonly stdin?: string | Uint8Array | "closed";
  readonly cwd?: string;
  /** The whole environment of the child; nothing is inherited but PATH. */
  readonly env?: Record<string, string>;
  /** The run is killed after this; a test that needs it has failed already. */
  readonly timeoutMs?: number;
}

export interface RunOutcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Uint8Array;
  /** 128 + n when signal n ended the process, as a shell reports it. */
  readonly exitCode: number;
}

/** Runs the compiled binary to its end with an empty HOME and a temporary working directory. */
export async function runWoma(args: readonly string[], options: RunOptions = {}): Promise<RunOutcome> {
  await using scratch = await scratchDirectory();
  const child = Bun.spawn([await builtBinary(), ...args], {
    cwd: options.cwd ?? scratch.path,
    env: { PATH: process.env["PATH"] ?? "", HOME: scratch.path, ...options.env },
    stdin: options.stdin === "closed" ? null : stdinBytes(options.stdin),
    stdout: "pipe",
    stderr: "pipe",
    timeout: options.timeoutMs ?? 60_000,
    killSignal: "SIGKILL",
  });
  const [stdoutBytes, stderr] = await Promise.all([
    new Response(child.stdout).bytes(),
    new Response(child.stderr).text(),
  ]);
  await child.exited;
  return { stdout: new TextDecoder().decode(stdoutBytes), stderr, stdoutBytes, exitCode: exitCodeOf(child) };
}

/** A new directory under the system's temporary one, removed when the scope ends. */
export async function scratchDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "woma-test-")));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

function stdinBytes(stdin: string | Uint8Array | undefined): Uint8Array {
  return typeof stdin === "string" ? new TextEncoder().encode(stdin) : (stdin ?? new Uint8Array(0));
}

function exitCodeOf(child: Bun.Subprocess): number {
  if (child.signalCode !== null) return 128 + (SIGNAL_NUMBERS[child.signalCode] ?? 0);
  return child.exitCode ?? -1;
}

const SIGNAL_NUMBERS: Record<string, number> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
};
