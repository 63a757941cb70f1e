import { join } from "node:path";
import { WomaError } from "../errors.ts";
import { releaseArchiveUrl } from "../pyodide-manager/download/archive-bytes.ts";
import { fetchPackage, fetchPackages } from "../pyodide-manager/download/download.ts";
import type { DownloadContext } from "../pyodide-manager/download/download-context.ts";
import { DownloadError, HashMismatchError } from "../pyodide-manager/download/download-error.ts";
import { takeFromArchive } from "../pyodide-manager/download/release-archive.ts";
import type { Lock } from "../pyodide-manager/lock.ts";
import type { PackageFile } from "../pyodide-manager/package-file.ts";
import { normalizeName } from "../pyodide-manager/package-name.ts";
import { countOf } from "./amounts.ts";

/** The files of these packages of the distribution, and of what they need. Throws WomaError for other names. */
export function filesOf(names: readonly string[], lock: Lock): readonly PackageFile[] {
  for (const name of names) if (!lock.packages.has(normalizeName(name))) throw unknownPackage(name, lock);
  return lock.closure(names).map((each) => lock.fileOf(each.name));
}

function unknownPackage(name: string, lock: Lock): WomaError {
  const ofModule = lock.packageOfModule(name);
  const near = ofModule ?? lock.nearestModule(name);
  const other = `\`woma install ${name}\` asks the package index`;
  return new WomaError(`the distribution has no package '${name}'`, {
    hint:
      ofModule !== null ? `that module is in ${ofModule}` : near !== null ? `did you mean ${near}? ${other}` : other,
  });
}

/** Gets them into the cache, and keeps none open; their number. Throws what the first that cannot be had does. */
export async function fetchIntoCache(files: readonly PackageFile[], context: DownloadContext): Promise<number> {
  context.run.admit(files);
  const failure = await fetchEach(files, context);
  if (failure !== null) throw failure;
  return files.length;
}

/**
 * The whole distribution: file by file, and from the release archive what cannot be had so; with `archive`, from there
 * first. What the cache has is not fetched again. Throws WomaError when some is missing in the end.
 */
export async function fetchDistribution(lock: Lock, archive: string | null, context: DownloadContext): Promise<number> {
  const all = [...lock.packages.keys()].map((name) => lock.fileOf(name));
  context.run.admit(all);
  const rest = archive === null ? all : await fetchFromArchive(archive, all, context);
  const failure = await fetchEach(rest, context);
  if (failure === null) return all.length;
  if (archive !== null || context.settings.offline) throw failure;
  context.progress.note(
    `${countOf(failure.files.length, "file")} cannot be had one by one: the release archive is asked`,
  );
  const missing = await fetchFromArchive(await releaseArchiveUrl(), failure.files, context).catch((error: unknown) => {
    if (!(error instanceof WomaError)) throw error;
    throw new WomaError(`${failure.message}\n${error.message}`, { hint: failure.hint ?? "", cause: error });
  });
  if (missing.length > 0) throw failure;
  return all.length;
}

/** Files that are open at a time. */
const SLICE = 60;

/** What could not be had; the others are in the cache, and none is open. */
async function fetchEach(files: readonly PackageFile[], context: DownloadContext): Promise<DownloadError | null> {
  const failures: DownloadError[] = [];
  for (let start = 0; start < files.length; start += SLICE) {
    try {
      const wheels = await fetchPackages(files.slice(start, start + SLICE), context);
      for (const wheel of wheels) wheel.close();
    } catch (error) {
      if (!(error instanceof DownloadError)) throw error;
      failures.push(error);
    }
  }
  const [first] = failures;
  if (first === undefined || failures.length === 1) return first ?? null;
  return new DownloadError(
    failures.flatMap((failure) => failure.failures),
    first.hint,
  );
}

/** Those that the archive does not have. */
async function fetchFromArchive(
  place: string,
  files: readonly PackageFile[],
  context: DownloadContext,
): Promise<readonly PackageFile[]> {
  const { cache, progress, signal, settings } = context;
  if (cache?.writable !== true) {
    throw new WomaError("the release archive needs a cache that can be written", {
      hint: "name another directory with --pyodide-cache",
    });
  }
  const missing = files.filter((file) => {
    const found = cache.find(file, (text) => progress.note(text));
    found?.close();
    return found === null;
  });
  if (settings.offline && /^https?:/i.test(place)) {
    throw new WomaError("--offline sends no request, and --archive is on a server", {
      hint: "get the archive first, and give --archive its path",
    });
  }
  const corrupt: PackageFile[] = [];
  const keep = async (file: PackageFile, mirror: string) => {
    const here = { ...context, settings: { ...settings, mirrors: [mirror], offline: true } };
    try {
      (await fetchPackage(file, here)).close();
    } catch (error) {
      if (!(error instanceof HashMismatchError)) throw error;
      progress.note(`${file.fileName} in the release archive is not the lock's: its sha256 is another`);
      corrupt.push(file);
    }
  };
  const absent = await takeFromArchive({
    place,
    files: missing,
    temporaryDirectory: join(cache.directory, "partial-v1"),
    keep,
    progress,
    signal,
  });
  return [...absent, ...corrupt];
}
