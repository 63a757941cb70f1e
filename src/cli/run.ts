import { isatty } from "node:tty";
import { BARE_RESOURCES } from "../broker/bare-program.ts";
import type { CellCommand } from "../broker/cell-process.ts";
import { Files } from "../broker/kernel/files.ts";
import { History } from "../broker/kernel/history.ts";
import { Neighbours } from "../broker/kernel/neighbours.ts";
import { openStandardStreams, type StandardStreams } from "../broker/kernel/standard-streams.ts";
import { ProgramNetwork } from "../broker/network/program-network.ts";
import type { ProgramEnd, ProgramRequest, ProgramResources } from "../broker/program.ts";
import { Session } from "../broker/session.ts";
import { SIGINT, SIGKILL, SIGPIPE } from "../broker/signals.ts";
import type { Config } from "../config.ts";
import { compiled, leadingWords } from "../protocol/compiled.ts";
import { type Libc, openLibc } from "../protocol/libc.ts";
import type { CellUrgency, Program } from "../protocol/messages.ts";
import type { Cache } from "../pyodide-manager/cache/cache.ts";
import { prepareCheckout } from "../pyodide-manager/checkout.ts";
import { programOutlet } from "../pyodide-manager/download/outlet.ts";
import { PackageRun } from "../pyodide-manager/package-run.ts";
import { endProcess, explain } from "./ending.ts";
import { forwardSignals, inheritedIgnored } from "./host-signals.ts";
import { missingHinter } from "./missing-hint.ts";
import { type LoadedProgram, loadProgram } from "./program.ts";
import { cacheOrNone, expectImports, programPackages } from "./program-packages.ts";
import { programRequirements, writeLock } from "./program-requirements.ts";
import { openProgressDisplay } from "./progress-display.ts";
import { figureSaver } from "./saved-figures.ts";

/** Runs one program, or the prompt, on the broker's own standard streams, and ends as it ended. */
export async function runCommand(config: Config): Promise<never> {
  const loaded = loadProgram(chooseProgram(config), config.workingDirectory);
  const cache = earlyCache(config);
  const snapshotPath = compiled ? undefined : prepareCheckout(cache ?? null);
  const libc = openLibc();
  if (config.insecure) process.stderr.write(INSECURE_WARNING);
  const newSession = (urgency: CellUrgency) => new Session(cellCommand(config, snapshotPath, urgency), libc);
  const command = cellCommand(config, snapshotPath, "urgent");
  const wanted = programRequirements(config, loaded);
  let session = new Session(command, libc);
  const streams = openStandardStreams(libc, () => session.wake());
  const progress = openProgressDisplay(config.terminal, config.flags.quiet, () => streams.lineIsOpen());
  const packages = programPackages({ ...config, ...wanted, cache }, { libc, command, progress });
  expectImports(packages, loaded);
  await prepare(session, async () => {
    const plan = await packages.provider.prepare(wanted.requirements, new AbortController().signal);
    if (config.lockMode === "write") await writeLock(wanted, plan, progress);
  });

  const forwarding = forwardSignals(() => session, streams.terminal);
  const networks: ProgramNetwork[] = [];
  const resources = {
    ...programResources(config, loaded, streams),
    openFiles: () => openFiles(libc, config),
    openNetwork: () => openNetwork(config, networks),
    openPackages: () => new PackageRun(packages.provider),
    bytecode: packages.bytecode,
    showFigure: figureSaver((text) => progress.note(text)),
  };
  let request = programRequest(config, loaded);
  let end: ProgramEnd;
  for (;;) {
    const running = session.run(request, resources);
    // Each entry of --reset-globals has an interpreter of its own, made while the one before waits for it.
    const next = loaded.program.kind === "prompt" && loaded.program.once ? newSession("spare") : null;
    end = await running;
    const goesOn = next !== null && end.how === "exited" && end.again;
    if (!goesOn && !(isatty(0) && isLoss(end, loaded.program))) {
      next?.end({ how: "killed", reason: "it is not needed", signal: SIGKILL });
      break;
    }
    if (!goesOn) await announceLoss(end, streams);
    session = next ?? newSession("urgent");
    request = { ...request, flags: { ...request.flags, quiet: true } };
  }
  streams.terminal?.restore();
  // From here on a signal is woma's own again: one that reads its output slowly, or not at all, can be left.
  forwarding[Symbol.dispose]();
  await (end.how === "exited" ? streams.drained() : Promise.race([streams.drained(), Bun.sleep(LAST_OUTPUT_MS)]));
  await Promise.all(networks.map((network) => network.drained(end.how === "exited" ? LAST_BYTES_MS : LAST_OUTPUT_MS)));
  if (end.how === "exited" && streams.objects[1].broken) end = { how: "signalled", signal: SIGPIPE };
  const explanation = explain(end);
  // The cursor stands behind the prompt that the program has left.
  if (explanation !== "" && loaded.program.kind === "prompt") process.stderr.write("\n");
  process.stderr.write(explanation);
  await packages.bytecode.finish(COMPILING_PATIENCE_MS);
  return endProcess(end);
}

/** How long woma stays, when a program has imported something for the first time, to have it compiled for the next. */
const COMPILING_PATIENCE_MS = 3000;

/** While the cell starts. What cannot be had is told before anything has run. */
async function prepare(session: Session, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    session.end({ how: "killed", reason: "it has not what it needs", signal: SIGKILL });
    throw error;
  }
}

/** How long the reader of a program that was stopped has for the rest of its output. */
const LAST_OUTPUT_MS = 1000;
/** For so long a peer may take nothing of what a program that has ended has yet to send. */
const LAST_BYTES_MS = 3000;

/** At the prompt, the end of an interpreter is not the end of woma. */
function isLoss(end: ProgramEnd, { kind }: Program): boolean {
  const interrupted = end.how === "killed" && end.signal === SIGINT;
  return kind === "prompt" && (end.how === "died" || end.how === "out-of-memory" || interrupted);
}

async function announceLoss(end: ProgramEnd, streams: StandardStreams): Promise<void> {
  await streams.drained();
  streams.terminal?.restore();
  // The cursor stands behind the prompt that the program has left.
  process.stderr.write(`\n${explain(end)}\nwoma: here is a new interpreter; what the last one knew is gone\n`);
}

/** Standard input is a program, unless someone sits there. */
function chooseProgram({ program, flags, resetGlobals }: Config): Program {
  if (program !== null && program.kind !== "stdin") return program;
  const interactive = isatty(0) || (program === null && flags.inspect);
  return interactive ? { kind: "prompt", once: resetGlobals } : { kind: "stdin" };
}

/**
 * The cache, where there is a use for it from the start: a checkout keeps its snapshot there, a compiled woma has that
 * inside, and tells at once of one that was asked for and cannot be used. Undefined where it is opened when wanted.
 */
function earlyCache(config: Config): Cache | null | undefined {
  return compiled && !config.cacheRequested ? undefined : cacheOrNone(config.cacheDirectory);
}

const INSECURE_WARNING =
  "warning: --insecure: no wall is around this program; it can reach all that you can, files and network included\n";

function cellCommand(config: Config, snapshotPath: string | undefined, urgency: CellUrgency): CellCommand {
  return {
    executable: process.execPath,
    leading: leadingWords,
    snapshotPath,
    confinement: config.insecure ? "insecure" : "confined",
    urgency,
  };
}

/** `opened` are all that there have been: at the end each has yet to send what it was given. */
function openNetwork(config: Config, opened: ProgramNetwork[]): ProgramNetwork {
  const network = new ProgramNetwork({
    policy: config.network,
    transport: config.transport,
    limits: config.networkLimits,
    outlet: programOutlet(config.packages.indexEnvironment),
    audit: config.log === "net" ? (line) => process.stderr.write(`woma: ${line}\n`) : null,
    notify: (text) => process.stderr.write(`woma: ${text}\n`),
  });
  opened.push(network);
  return network;
}

function openFiles(libc: Libc | null, { mounts, maximumWrittenBytes }: Config): Files | null {
  if (mounts.length === 0) return null;
  return Files.open(libc, mounts, { maximumWrittenBytes });
}

function programResources(config: Config, loaded: LoadedProgram, streams: StandardStreams): ProgramResources {
  const directory = loaded.neighbourDirectory;
  const importable = directory !== null && (!config.flags.safePath || loaded.program.kind === "directory");
  const hasPrompt = loaded.program.kind === "prompt" || config.flags.inspect;
  return {
    ...BARE_RESOURCES,
    streams: streams.objects,
    neighbours: importable ? { directory, modules: new Neighbours(directory) } : null,
    umask: process.umask(),
    onMissing: isatty(2) ? missingHinter(config) : () => {},
    openTerminal: () => streams.openTerminal(),
    // What was typed at prompts is no business of a program's.
    history: hasPrompt && config.historyFile !== null ? new History(config.historyFile) : null,
    notify: (text) => process.stderr.write(`woma: ${text}\n`),
    hint: (text) => process.stderr.write(`\nhint: ${text}\n`),
  };
}

function programRequest(config: Config, { program, source }: LoadedProgram): ProgramRequest {
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
    ignoredSignals: inheritedIgnored(),
    limits: config,
  };
}
