import { UnsafeWheelError } from "../archive/unsafe-wheel-error.ts";
import { describeFileError } from "../cache/cache-error.ts";
import { type Claim, claim, claimTemporary } from "../cache/claim.ts";
import type { OpenWheel } from "../cache/open-wheel.ts";
import { DiskFailure, type PartialFile } from "../cache/partial-file.ts";
import { eitherSignal } from "../install-time.ts";
import type { PackageFile } from "../package-file.ts";
import type { DownloadContext } from "./download-context.ts";
import { DownloadDiskError, DownloadError, HashMismatchError, type SourceReport } from "./download-error.ts";
import { USUAL_PATIENCE } from "./patience.ts";
import { OtherBytesFailure, SourceFailure, UnreachableFailure } from "./source-failure.ts";
import { type Source, sourcesOf } from "./sources.ts";
import { transfer } from "./transfer.ts";
import { UnreachableServers } from "./unreachable.ts";

/**
 * A package's file from the cache, or from the first source that has it, verified. Throws DownloadError,
 * HashMismatchError, DownloadDiskError, UnsafeWheelError, WomaError for the run's limits, or the signal's reason.
 */
export async function fetchPackage(file: PackageFile, context: DownloadContext): Promise<OpenWheel> {
  context.signal.throwIfAborted();
  context.run.admit([file]);
  tellFaults(context);
  const found = context.cache?.find(file, (text) => context.progress.note(text));
  if (found) return found;
  const sources = await sourcesOf(file, context.settings);
  if (sources.length === 0) throw nowhere(file, context);
  const claimed = await claim(file, context);
  if (!("partial" in claimed)) return claimed;
  try {
    return await fetchInto(claimed, { file, sources }, context);
  } catch (error) {
    if (!(error instanceof DownloadDiskError) || claimed.isTemporary) throw error;
    return await fetchElsewhere(error, { file, sources }, context);
  }
}

/** The cache's disk is full: what comes is kept for this run, where there is room. */
async function fetchElsewhere(full: DownloadDiskError, order: Order, context: DownloadContext): Promise<OpenWheel> {
  const { cache, run, progress } = context;
  try {
    const wheel = await fetchInto(claimTemporary(order.file), order, context);
    run.tellOnce(progress, `the cache ${cache?.directory} keeps nothing of what is fetched: ${full.reason}`);
    return wheel;
  } catch (error) {
    const isOfSystem = typeof (error as NodeJS.ErrnoException).code === "string";
    throw error instanceof DownloadDiskError || isOfSystem ? full : error;
  }
}

function tellFaults({ cache, run, progress }: DownloadContext): void {
  for (const fault of cache?.faults.values() ?? []) {
    run.tellOnce(progress, `the cache ${cache?.directory} is used in parts only: ${fault}`);
  }
}

/**
 * Several, some at a time; in their order. Throws one DownloadError for all that cannot be had, after fetching the
 * others into the cache; at anything else the others are given up.
 */
export async function fetchPackages(files: readonly PackageFile[], context: DownloadContext): Promise<OpenWheel[]> {
  context.run.admit(files);
  const before = context.run.bytes;
  const failure = new AbortController();
  const shared = { ...context, signal: eitherSignal(context.signal, failure.signal) };
  const wheels: OpenWheel[] = [];
  const missing: DownloadError[] = [];
  const queue = files.entries();
  const work = async () => {
    for (const [index, file] of queue) {
      try {
        wheels[index] = await fetchPackage(file, shared);
      } catch (error) {
        if (error instanceof DownloadError) missing[index] = error;
        else if (!failure.signal.aborted) failure.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, files.length) }, work));
  if (context.run.bytes > before) evictIfWanted(context);
  const error = failure.signal.aborted ? failure.signal.reason : together(missing.filter((each) => each !== undefined));
  if (error === null) return wheels;
  for (const wheel of wheels) wheel?.close();
  throw error;
}

function evictIfWanted({ cache, settings }: DownloadContext): void {
  if (cache?.writable && settings.cacheLimitBytes !== null) cache.evict(settings.cacheLimitBytes);
}

function together(errors: readonly DownloadError[]): DownloadError | null {
  const [first, ...others] = errors;
  if (first === undefined || others.length === 0) return first ?? null;
  return new DownloadError(
    errors.flatMap(({ failures }) => failures),
    first.hint,
  );
}

const AT_A_TIME = 6;

interface Order {
  readonly file: PackageFile;
  readonly sources: readonly Source[];
}

async function fetchInto(claimed: Claim, order: Order, context: DownloadContext): Promise<OpenWheel> {
  const { file } = order;
  try {
    if ((await claimed.partial.sha256()) !== file.sha256) await fetchFromSources(claimed.partial, order, context);
    const wheel = await claimed.settle();
    context.progress.fetched(file, wheel.sizeBytes);
    return wheel;
  } catch (error) {
    const isOfNoUse =
      error instanceof DiskFailure || error instanceof HashMismatchError || error instanceof UnsafeWheelError;
    if (isOfNoUse) claimed.drop();
    else claimed.keep();
    if (!(error instanceof DiskFailure)) throw error;
    throw new DownloadDiskError(file, claimed.directory, describeFileError(error.cause), error.cause);
  }
}

/** Throws DownloadError, HashMismatchError. */
async function fetchFromSources(
  partial: PartialFile,
  { file, sources }: Order,
  context: DownloadContext,
): Promise<void> {
  const { patience = USUAL_PATIENCE, run, progress } = context;
  const servers = new UnreachableServers(context.cache, patience.leftOutMs);
  const reports: SourceReport[] = [];
  const otherBytes: string[] = [];
  for (const source of sources) {
    const { origin, protocol } = source.url;
    const isServer = protocol !== "file:";
    if (isServer && servers.has(origin)) {
      run.tellOnce(progress, `${origin} could not be reached a moment ago: it is left out`);
      reports.push({ label: source.label, reason: "could not be reached a moment ago" });
      continue;
    }
    try {
      await transfer({ file, source, partial }, context);
      for (const text of otherBytes) run.tellOnce(progress, text);
      return;
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      if (error instanceof UnreachableFailure && isServer) {
        servers.add(origin);
        run.tellOnce(progress, `${origin} cannot be reached (${error.message}): it is left out for a minute`);
      }
      if (error instanceof OtherBytesFailure) {
        const place = new URL(".", source.label).href;
        otherBytes.push(`${place} serves other bytes for ${file.name} ${file.version}: it is left out for this file`);
      }
      reports.push({ label: source.label, reason: error.message });
    }
  }
  throw otherBytes.length > 0 ? new HashMismatchError({ file, reports }) : new DownloadError([{ file, reports }]);
}

function nowhere(file: PackageFile, { settings }: DownloadContext): DownloadError {
  const where = settings.offline ? "the cache and the mirrors on this machine's disks" : "the cache";
  const hint = settings.offline
    ? `leave out --offline, or fetch it beforehand with a network: woma cache fetch ${file.name}`
    : "name a place that has it with --mirror";
  return new DownloadError([{ file, reports: [{ label: where, reason: "not there" }] }], hint);
}
