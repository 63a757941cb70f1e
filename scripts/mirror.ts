// Makes a mirror of the distribution: `node scripts/bun.mjs scripts/mirror.ts [DIRECTORY]` prints where it is, fit for --mirror.
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import lock from "pyodide/pyodide-lock.json" with { type: "json" };
import { formatError, WomaError } from "../src/errors.ts";
import { distributionUrl } from "../src/pyodide-manager/download/distribution-url.ts";
import { configuredIndexes } from "../src/pyodide-manager/index/index-settings.ts";
import { unpackArchive } from "./archive.ts";
import { buildDirectory, sha256 } from "./build-cache.ts";
import type { PinnedWheel } from "./core-pins.ts";
import { coreWheels } from "./core-wheels.ts";
import { defaultIndexIn } from "./default-index.ts";
import { findOnIndex, get } from "./package-index.ts";
import { pipDownload } from "./pip-download.ts";
import { type RemoteEntry, remoteZip } from "./remote-zip.ts";

/** Where a mirror lies that was made without naming a place. */
export const mirrorDirectory = join(buildDirectory, "mirror");

/**
 * A Python package that carries wheels of the distribution, and is to be had where the distribution's own server is
 * not: on every package index. Its application is not used.
 */
const CARRIER: PinnedWheel = {
  name: "open-webui", // BSD-3-Clause with a branding clause, github.com/open-webui/open-webui
  version: "0.12.4",
  file: "open_webui-0.12.4-py3-none-any.whl",
  sha256: "02e9caba96234db3fa17a92e56163b3f7f2b8ca8227fa886b85c178d696483f6",
};
const CARRIED = "open_webui/frontend/pyodide/";

/**
 * The wheels of the lock that the carrier has, in a directory under their names, beside a SHA256SUMS; made once, and
 * again when a file has changed.
 *
 * @throws WomaError when neither an index nor pip has the carrier
 */
export async function makeMirror(directory: string, tell: (line: string) => void): Promise<void> {
  if (await isWhole(directory)) return;
  await mkdir(directory, { recursive: true });
  const failures: string[] = [];
  for await (const { source, open } of carriers()) {
    try {
      const entries = await open();
      tell(`taking wheels from ${CARRIER.file} of ${source}`);
      return await fill(directory, entries, tell);
    } catch (error) {
      failures.push(`${source}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new WomaError([`cannot fetch ${CARRIER.file}`, ...failures.map((failure) => `  ${failure}`)].join("\n"), {
    hint: "set PIP_INDEX_URL to a package index that this machine reaches, or install pip",
  });
}

/** The distribution's own server, which has all of the lock, or null when it does not answer within 5 s. */
export async function reachableDistribution(): Promise<string | null> {
  const url = await distributionUrl();
  const answer = await fetch(new URL(lock.packages.micropip.file_name, url), {
    method: "HEAD",
    signal: AbortSignal.timeout(5000),
  }).catch(() => null);
  return answer?.ok ? url.href : null;
}

const LOCKED: ReadonlyMap<string, string> = new Map(
  Object.values(lock.packages).map(({ file_name, sha256 }) => [file_name, sha256]),
);

async function isWhole(directory: string): Promise<boolean> {
  const sums = await readFile(join(directory, "SHA256SUMS"), "utf8").catch(() => "");
  const files = sums.split("\n").filter((line) => line !== "");
  const genuine = files.map(async (line) => {
    const [expected = "", file = ""] = line.split("  ");
    const bytes = await readFile(join(directory, file)).catch(() => null);
    return LOCKED.get(file) === expected && bytes !== null && sha256(bytes) === expected;
  });
  return files.length > 0 && (await Promise.all(genuine)).every(Boolean);
}

async function fill(directory: string, entries: readonly RemoteEntry[], tell: (line: string) => void): Promise<void> {
  const sums: string[] = [];
  const wheels = entries.filter(({ name }) => name.startsWith(CARRIED) && name.endsWith(".whl"));
  await eachOf(wheels, 4, async (wheel) => {
    const file = wheel.name.slice(CARRIED.length);
    const expected = LOCKED.get(file);
    if (expected === undefined) return tell(`left out ${file}: the lock has no such file`);
    const bytes = await wheel.read();
    if (sha256(bytes) !== expected) return tell(`left out ${file}: its sha256 is not the lock's`);
    await replaceFile(join(directory, file), bytes);
    sums.push(`${expected}  ${file}\n`);
  });
  if (sums.length === 0) throw new Error("has no wheel of the lock");
  await replaceFile(join(directory, "SHA256SUMS"), sums.sort().join(""));
}

interface CarrierSource {
  readonly source: string;
  readonly open: () => Promise<RemoteEntry[]>;
}

/** In parts where an index serves parts, which spares half of the download; else whole, as pip gets it. */
async function* carriers(): AsyncGenerator<CarrierSource> {
  for (const [number, index] of (await configuredIndexes(process.env)).entries())
    yield { source: `configured index ${number + 1}`, open: () => openAt(index) };
  yield { source: "micropip's default index", open: async () => openAt(await defaultIndexOfCore()) };
  yield {
    source: "pip",
    open: async () =>
      [...unpackArchive(await pipDownload(CARRIER))].map(([name, bytes]) => ({ name, read: async () => bytes })),
  };
}

/** The index that is asked where none is configured, from the micropip that is in the core. */
export async function defaultIndexOfCore(): Promise<string> {
  const micropip = (await coreWheels()).find(({ name }) => name === "micropip");
  const source = unpackArchive(micropip?.bytes ?? new Uint8Array()).get("micropip/package_index.py");
  return defaultIndexIn(new TextDecoder().decode(source));
}

async function openAt(index: string): Promise<RemoteEntry[]> {
  const url = await findOnIndex(index, CARRIER);
  return remoteZip(async (start, end) => {
    const range = start < 0 ? `bytes=${start}` : `bytes=${start}-${(end ?? 0) - 1}`;
    const answer = await get(url, { range });
    if (answer.status !== 206) throw new Error("serves no parts of files");
    return { bytes: await answer.bytes(), size: Number(answer.headers.get("content-range")?.split("/")[1]) };
  });
}

async function eachOf<T>(items: readonly T[], atOnce: number, act: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function replaceFile(path: string, bytes: Uint8Array | string): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await writeFile(aside, bytes);
    await rename(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
}

if (import.meta.main) {
  try {
    const tell = (line: string) => console.error(`woma: ${line}`);
    const directory = process.argv[2] === undefined ? mirrorDirectory : resolve(process.argv[2]);
    const distribution = await reachableDistribution();
    if (distribution !== null) tell("the distribution's own server answers, and has more than a mirror would");
    else await makeMirror(directory, tell);
    console.log(distribution ?? directory);
  } catch (error) {
    if (!(error instanceof WomaError)) throw error;
    process.stderr.write(formatError(error));
    process.exitCode = 1;
  }
}
