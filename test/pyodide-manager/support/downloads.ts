import { openCache } from "../../../src/pyodide-manager/cache/cache.ts";
import type { OpenWheel } from "../../../src/pyodide-manager/cache/open-wheel.ts";
import type { DownloadContext } from "../../../src/pyodide-manager/download/download-context.ts";
import { DownloadRun } from "../../../src/pyodide-manager/download/download-run.ts";
import type { Patience } from "../../../src/pyodide-manager/download/patience.ts";
import type { PackageSettings } from "../../../src/pyodide-manager/package-settings.ts";

/** Servers are given up soon, so that tests end. */
export const IMPATIENCE: Patience = {
  connectMs: 300,
  leftOutMs: 60_000,
  stallMs: 400,
  slowMs: 30_000,
  slowBytes: 30_000,
  attempts: 3,
  stalledAttempts: 3,
  firstPauseMs: 10,
  longestPauseMs: 1_000,
};

export interface Setting extends Partial<Pick<DownloadContext, "cache" | "signal" | "patience">> {
  readonly settings?: Partial<PackageSettings>;
}

/** Everything that a download needs, and what it has told. */
export interface Downloading extends DownloadContext {
  readonly notes: string[];
  /** The largest number of bytes told so far, of each file. */
  readonly received: Map<string, number>;
}

/** Fetches from these mirrors alone. A directory is the cache's. */
export function downloading(directory: string | null, mirrors: readonly string[], setting: Setting = {}): Downloading {
  const settings: PackageSettings = {
    cacheDirectory: directory ?? "",
    cacheRequested: true,
    mirrors,
    offline: false,
    autoInstall: "lock",
    installTimeoutMs: 60_000,
    maximumDownloadBytes: 1e9,
    maximumPackages: 100,
    cacheLimitBytes: null,
    indexEnvironment: {},
    ...setting.settings,
  };
  const notes: string[] = [];
  const received = new Map<string, number>();
  return {
    cache: directory === null ? null : openCache(directory),
    settings,
    progress: {
      note: (text) => void notes.push(text),
      received: ({ name }, bytes) => void received.set(name, Math.max(bytes, received.get(name) ?? 0)),
      fetched: () => {},
    },
    signal: setting.signal ?? new AbortController().signal,
    run: new DownloadRun(settings),
    patience: setting.patience ?? IMPATIENCE,
    notes,
    received,
  };
}

/** All of a wheel, which is closed then. */
export function wholeOf(wheel: OpenWheel): Uint8Array {
  const bytes = new Uint8Array(wheel.sizeBytes);
  wheel.readAt(bytes, 0);
  wheel.close();
  return bytes;
}
