import { existsSync } from "node:fs";
import { readPackageSettings, readTerminalStyle } from "../config.ts";
import { WomaError } from "../errors.ts";
import { type Cache, openCache } from "../pyodide-manager/cache/cache.ts";
import { DownloadRun } from "../pyodide-manager/download/download-run.ts";
import { parseWheelName } from "../pyodide-manager/index/wheel-name.ts";
import { withinTime } from "../pyodide-manager/install-time.ts";
import { loadLock } from "../pyodide-manager/lock.ts";
import type { PackageSettings } from "../pyodide-manager/package-settings.ts";
import { countOf, formatBytes } from "./amounts.ts";
import type { CacheInvocation } from "./cache-options.ts";
import { fetchDistribution, fetchIntoCache, filesOf } from "./fetch-packages.ts";
import { harmless } from "./harmless.ts";
import { untilInterrupted } from "./interruption.ts";
import { openProgressDisplay } from "./progress-display.ts";
import type { ProgressDisplay } from "./progress-words.ts";
import { formatTable } from "./table.ts";

/** `woma cache …`: data on standard output, what was done on standard error. Throws WomaError. */
export async function manageCache(invocation: CacheInvocation): Promise<void> {
  const { action } = invocation;
  const settings = readPackageSettings(invocation);
  const { cacheDirectory } = settings;
  const progress = openProgressDisplay(readTerminalStyle(), invocation.quiet);
  try {
    switch (action.kind) {
      case "dir":
        return print(`${cacheDirectory}\n`);
      case "list":
        return print(existsSync(cacheDirectory) ? listing(openCache(cacheDirectory)) : "");
      case "size": {
        const bytes = existsSync(cacheDirectory) ? openCache(cacheDirectory).size() : 0;
        return print(`${action.human ? formatBytes(bytes) : bytes}\n`);
      }
      case "verify":
        return await untilInterrupted((signal) => verify(openCache(cacheDirectory), progress, signal));
      case "clean":
        return clean(writableCache(cacheDirectory), progress);
      case "fetch":
      case "fetch-all":
        return await untilInterrupted((signal) =>
          withinTime(settings, settings.installTimeoutMs, signal, (limited) =>
            fetch(action, settings, progress, limited),
          ),
        );
    }
  } finally {
    progress.clear();
  }
}

function print(text: string): void {
  process.stdout.write(text);
}

/** Package, version, bytes and when it was last used; libraries that are no wheels have a file name only. */
function listing(cache: Cache): string {
  const rows = cache.list().map(({ fileName, bytes, lastUsed }) => {
    const { name, version } = parseWheelName(fileName) ?? { name: fileName, version: "-" };
    return [name, version, `${bytes}`, `${lastUsed.toISOString().slice(0, 19)}Z`].map(harmless);
  });
  return formatTable(rows, [2]);
}

async function verify(cache: Cache, progress: ProgressDisplay, signal: AbortSignal): Promise<void> {
  const { files, bytes, damaged } = await cache.verify(signal);
  for (const { path, reason, removed } of damaged) {
    print(harmless(`${path}: ${reason}; ${removed ? "removed" : "could not be removed"}\n`));
  }
  if (damaged.length === 0) return progress.note(`verified ${countOf(files, "file")} (${formatBytes(bytes)})`);
  const left = damaged.filter(({ removed }) => !removed).length;
  const were = damaged.length === 1 ? "was" : "were";
  throw new WomaError(
    `${damaged.length} of ${countOf(files, "file")} in the cache ${were} corrupt${left > 0 ? `, and ${left} could not be removed` : " and removed"}`,
    {
      hint:
        left > 0
          ? "woma does not use what is corrupt; who owns the cache can remove it"
          : "what is needed of them is fetched again; if this happens often, look at the disk",
    },
  );
}

function clean(cache: Cache, progress: ProgressDisplay): void {
  const { removedBytes, leftBytes } = cache.clean();
  const left = leftBytes > 0 ? `; ${formatBytes(leftBytes)} are in use or not ours to remove` : "";
  progress.note(`removed ${formatBytes(removedBytes)}${left}`);
}

async function fetch(
  action: Extract<CacheInvocation["action"], { readonly kind: "fetch" | "fetch-all" }>,
  settings: PackageSettings,
  progress: ProgressDisplay,
  signal: AbortSignal,
): Promise<void> {
  const lock = loadLock();
  const files = action.kind === "fetch" ? filesOf(action.packages, lock) : [];
  const cache = writableCache(settings.cacheDirectory);
  const context = { cache, settings, progress, run: new DownloadRun(settings), signal };
  const count =
    action.kind === "fetch"
      ? await fetchIntoCache(files, context)
      : await fetchDistribution(lock, action.archive, context);
  progress.clear();
  progress.note(`the cache has ${action.kind === "fetch" ? countOf(count, "package") : `all ${count} packages`}`);
}

/** For commands that have no sense without one. */
function writableCache(directory: string): Cache {
  const cache = openCache(directory);
  if (cache.writable) return cache;
  throw new WomaError(`the cache ${directory} cannot be written`, {
    hint: "name another directory with --pyodide-cache or WOMA_CACHE",
  });
}
