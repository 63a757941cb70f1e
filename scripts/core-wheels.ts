import { WomaError } from "../src/errors.ts";
import { configuredIndexes } from "../src/pyodide-manager/index/index-settings.ts";
import { cachedFile, sha256 } from "./build-cache.ts";
import { type PinnedWheel, pinnedWheels } from "./core-pins.ts";
import { defaultIndex } from "./default-index.ts";
import { fetchFromIndex } from "./package-index.ts";
import { pipDownload } from "./pip-download.ts";

export interface CoreWheel {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** @throws WomaError when a wheel is not in .build/wheels and no source serves the pinned bytes */
export async function coreWheels(): Promise<CoreWheel[]> {
  // One download of the default serves all wheels, and one failure to learn it is enough.
  let learned: Promise<string> | undefined;
  const indexes: Indexes = {
    configured: await configuredIndexes(process.env),
    learnDefault: () => (learned ??= defaultIndex()),
  };
  return Promise.all(pinnedWheels.map((pin) => coreWheel(pin, indexes)));
}

interface Indexes {
  readonly configured: readonly string[];
  readonly learnDefault: () => Promise<string>;
}

async function coreWheel(pin: PinnedWheel, indexes: Indexes): Promise<CoreWheel> {
  const { bytes } = await cachedFile(
    `wheels/${pin.file}`,
    (candidate) => sha256(candidate) === pin.sha256,
    () => fetchWheel(pin, sources(pin, indexes)),
  );
  return { name: pin.name, version: pin.version, file: pin.file, bytes };
}

async function fetchWheel(pin: PinnedWheel, candidates: Iterable<Source>): Promise<Uint8Array> {
  const failures: string[] = [];
  for (const { source, get } of candidates) {
    try {
      const bytes = await get();
      if (sha256(bytes) === pin.sha256) return bytes;
      failures.push(`${source}: other bytes, sha256 ${sha256(bytes)}`);
    } catch (error) {
      failures.push(`${source}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new WomaError([`cannot fetch ${pin.file}`, ...failures.map((failure) => `  ${failure}`)].join("\n"), {
    hint:
      "set PIP_INDEX_URL to a package index that this machine reaches, install pip, " +
      `or copy the file with sha256 ${pin.sha256} to .build/wheels`,
  });
}

interface Source {
  readonly source: string;
  readonly get: () => Promise<Uint8Array>;
}

// What the user configured comes first; the rest is asked only when that does not have the file.
function* sources(pin: PinnedWheel, indexes: Indexes): Generator<Source> {
  for (const index of indexes.configured) {
    yield { source: `configured index ${withoutCredentials(index)}`, get: () => fetchFromIndex(index, pin) };
  }
  yield { source: "micropip's default index", get: async () => fetchFromIndex(await indexes.learnDefault(), pin) };
  yield { source: "pip", get: () => pipDownload(pin) };
}

function withoutCredentials(index: string): string {
  const url = new URL(index);
  url.username = url.password = "";
  return url.href;
}
