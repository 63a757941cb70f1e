import { fstatSync } from "node:fs";
import { isatty } from "node:tty";
import type { CellCommand } from "../broker/cell-process.ts";
import { Neighbours } from "../broker/kernel/neighbours.ts";
import { History } from "../broker/kernel/history.ts";
import { HostInput } from "../broker/kernel/host-input.ts";
import { HostOutput, OutputQueue } from "../broker/kernel/host-output.ts";
import { TerminalControl } from "../broker/kernel/terminal.ts";
import { type ProgramEnd, type ProgramResources, type ProgramRequest, Session } from "../broker/session.ts";
import type { Config } from "../config.ts";
import { formatError } from "../errors.ts";
import { openLibc } from "../protocol/libc.ts";
import type { Program, StreamGrant } from "../protocol/messages.ts";
import { type Cache, CacheError, openCache } from "../pyodide-manager/cache.ts";
import { compiled, prepareCheckout } from "../pyodide-manager/checkout.ts";
import { endProcess, explain } from "./ending.ts";
import { forwardSignals } from "./host-signals.ts";
import { loadProgram } from "./program.ts";

/** Runs one program, or the prompt, on the broker's own standard streams, and ends as it ended. */
export async function runCommand(config: Config): Promise<never> {
  const cache = tryCache(config);
  const program = config.program ?? defaultProgram(config);
  const loaded = loadProgram(program, config.workingDirectory);
  const libc = openLibc();
  const snapshotPath = compiled ? undefined : prepareCheckout(cache);
  const newSession = () => new Session(cellCommand(snapshotPath), libc);
  let session = newSession();

  const terminal = TerminalControl.open(libc, [0, 1, 2]);
  const forwarding = forwardSignals(() => session, terminal);
  const queue = new OutputQueue(() => session.wake());
  const output = (fd: 1 | 2) => new HostOutput(fd, kindOf(fd), queue, libc, isatty(fd) ? terminal : null);
  const resources: ProgramResources = {
    streams: {
      0: new HostInput(0, kindOf(0), () => session.wake(), isatty(0) ? terminal : null),
      1: output(1),
      2: output(2),
    },
    neighbours:
      loaded.neighbourDirectory === null || config.flags.safePath
        ? null
        : { directory: loaded.neighbourDirectory, modules: new Neighbours(loaded.neighbourDirectory) },
    history: config.historyFile === null ? null : new History(config.historyFile),
  };

  let request = programRequest(config, loaded.program, loaded.source);
  let end: ProgramEnd;
  for (;;) {
    const running = session.run(request, resources);
    const next = loaded.program.kind === "prompt" && loaded.program.once ? newSession() : null;
    end = await running;
    if (!(end.how === "exited" && end.again) || next === null) {
      next?.end({ how: "killed", reason: "not needed" });
      break;
    }
    session = next;
    request = { ...request, flags: { ...request.flags, quiet: true } };
  }
  await queue.drained();
  terminal?.restore();
  forwarding[Symbol.dispose]();
  process.stderr.write(explain(end));
  return endProcess(end);
}

/** A cache that cannot be used costs a warning and nothing else. */
function tryCache(config: Config): Cache | null {
  try {
    return openCache(config.cacheDirectory);
  } catch (error) {
    if (!(error instanceof CacheError)) throw error;
    process.stderr.write(formatError(error));
    return null;
  }
}

function defaultProgram(config: Config): Program {
  const interactive = isatty(0) || config.flags.inspect;
  return interactive ? { kind: "prompt", once: config.resetGlobals } : { kind: "stdin" };
}

function cellCommand(snapshotPath: string | undefined): CellCommand {
  return { executable: process.execPath, leading: compiled ? [] : [Bun.main], snapshotPath };
}

function programRequest(config: Config, program: Program, source: Uint8Array): ProgramRequest {
  return {
    program,
    source,
    argv: config.argv,
    commandLine: config.commandLine,
    flags: config.flags,
    environment: config.environment,
    workingDirectory: config.workingDirectory,
    homeDirectory: config.homeDirectory,
    timeZone: config.timeZone,
    limits: { timeoutMs: config.timeoutMs, memoryLimitBytes: config.memoryLimitBytes },
  };
}

function kindOf(fd: 0 | 1 | 2): StreamGrant["kind"] {
  if (isatty(fd)) return "terminal";
  const status = fstatSync(fd);
  if (status.isFile()) return "file";
  return status.isCharacterDevice() ? "device" : "pipe";
}
