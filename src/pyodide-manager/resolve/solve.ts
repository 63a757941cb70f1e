import type { DownloadContext } from "../download/download-context.ts";
import { DownloadRun } from "../download/download-run.ts";
import { readOutlet } from "../download/outlet.ts";
import { USUAL_PATIENCE } from "../download/patience.ts";
import { UnreachableServers } from "../download/unreachable.ts";
import { fileSha256 } from "../index/file-hash.ts";
import type { IndexSettings } from "../index/index-settings.ts";
import { PageCache } from "../index/page-cache.ts";
import { ProjectFiles, type RemoteWheels } from "../index/project-files.ts";
import { tagRanks } from "../index/wheel-name.ts";
import type { PackageFile } from "../package-file.ts";
import type { ProgressListener } from "../progress.ts";
import { type ChosenPackage, checkHashes, checkResolution, unknownExtras, yankedNotes } from "./check-resolution.ts";
import type { Plan, PlannedPackage } from "./plan.ts";
import { type Requirement, unconditionalName } from "./requirement.ts";
import { resolutionFailure } from "./resolution-failure.ts";
import type { ResolveContext } from "./resolve-context.ts";
import { SolverAnswers } from "./resolver-answers.ts";
import type { ResolverTask } from "./resolver-task.ts";
import { triedSources } from "./tried-sources.ts";

interface SolveContext extends Omit<ResolveContext, "sources"> {
  readonly indexes: IndexSettings;
}

/** Has a cell choose, answers what it asks, and makes a plan of its answer. Throws WomaError. */
export async function solve(requirements: readonly Requirement[], context: SolveContext): Promise<Plan> {
  const { lock, settings, excludedLock, progress, signal } = context;
  const access = await remoteWheels(context);
  const notes = new Set<string>();
  const note = (text: string) => {
    if (!notes.has(text)) progress.note(text);
    notes.add(text);
  };
  const projects = new ProjectFiles({ settings: context.indexes, access, ranks: tagRanks(lock.platforms), note });
  const fetched = new Map<string, number>();
  const firstNames = requirements.flatMap((each) => unconditionalName(each) ?? []);
  const answers = new SolverAnswers({
    lock,
    excludedLock,
    projects,
    metadata: { access, download: downloads(context, fetched) },
    note,
    firstNames,
  });
  const task = taskOf(requirements, context);
  // While the cell starts.
  if (!context.indexes.indexes.includes("default")) answers.expect(firstNames);
  const answer = await context.resolveInCell(task, answers, signal).finally(() => progress.ended?.());
  const tried = await triedSources(excludedLock, { lock, settings, unreachable: access.unreachable });
  const failure = resolutionFailure(answer, { lock, asked: projects.asked, offline: settings.offline, tried });
  if (failure !== null) throw failure;
  for (const text of unknownExtras(answer)) note(text);
  const sources = new Set(requirements.map(({ source }) => source));
  const chosen = checkResolution(answer, { lock, excludedLock, listed: answers.listed, sources });
  for (const text of yankedNotes(chosen)) note(text);
  const packages = await Promise.all(chosen.map((each) => planned(each, context, access)));
  checkHashes(
    packages.map(({ file }) => file),
    requirements,
  );
  for (const { file } of packages) {
    const bytes = fetched.get(file.sha256);
    if (bytes !== undefined) progress.fetched(file, bytes);
  }
  return { packages, notes: [...notes, ...packages.flatMap(swapNote)] };
}

/** A wheel that has to be read whole is kept in memory meanwhile. */
const MAXIMUM_WHEEL_BYTES = 512 * 1024 * 1024;

async function remoteWheels(context: SolveContext): Promise<RemoteWheels> {
  const { settings, cache, signal, patience = USUAL_PATIENCE } = context;
  return {
    pages: new PageCache(cache),
    unreachable: new UnreachableServers(cache, patience.leftOutMs),
    offline: settings.offline,
    maximumWheelBytes: Math.min(settings.maximumDownloadBytes, MAXIMUM_WHEEL_BYTES),
    patience,
    signal,
    outlet: await readOutlet(settings.indexEnvironment),
  };
}

/** For wheels that are fetched to be read. Which of them the run is given, and is worth telling, is decided later. */
function downloads(context: SolveContext, fetched: Map<string, number>): DownloadContext {
  const { cache, settings, signal, patience = USUAL_PATIENCE } = context;
  const run = new DownloadRun({ ...settings, maximumPackages: Number.POSITIVE_INFINITY });
  const progress: ProgressListener = {
    note: (text) => context.progress.note(text),
    received: (file, bytes, total) => context.progress.received(file, bytes, total),
    fetched: ({ sha256 }, bytes) => void fetched.set(sha256, bytes),
  };
  return { cache, settings, progress, signal, patience, run };
}

function taskOf(requirements: readonly Requirement[], context: SolveContext): ResolverTask {
  const { lock, present, excludedLock, constraints = [] } = context;
  const usable = [...lock.packages.values()].filter(({ name, kind }) => kind !== "tests" && !excludedLock.has(name));
  return {
    requirements,
    constraints,
    present: Object.fromEntries(present),
    lock: Object.fromEntries(
      usable.map(({ name, version, fileName, sha256, depends }) => [
        name,
        { version, file: fileName, sha256, depends },
      ]),
    ),
    // The same version first, where the lock's file cannot be had.
    preferred: Object.fromEntries(
      [...excludedLock].flatMap((name) => {
        const own = lock.packages.get(name);
        return own === undefined ? [] : [[name, own.version]];
      }),
    ),
  };
}

async function planned(
  { name, version, requiredBy, indexed }: ChosenPackage,
  { lock }: SolveContext,
  access: RemoteWheels,
): Promise<PlannedPackage> {
  if (indexed === null) return { file: lock.fileOf(name), requiredBy, why: "lock" };
  const { fileName, url, bytes } = indexed;
  const sha256 = indexed.sha256 ?? (await fileSha256(indexed, access));
  const file: PackageFile = { name, version, fileName, sha256, origin: "index", url, bytes };
  return { file, requiredBy, why: lock.packages.has(name) ? "index instead of lock" : "index" };
}

/** A file of an index in place of the lock's is worth knowing of. */
function swapNote({ file, why }: PlannedPackage): readonly string[] {
  return why === "index instead of lock" ? [`${file.name} ${file.version} is the index's, not the distribution's`] : [];
}
