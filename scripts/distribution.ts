import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatError, WomaError } from "../src/errors.ts";
import { packArchive } from "./archive.ts";
import { buildDirectory, sha256 } from "./build-cache.ts";
import { coreArchive } from "./core-archive.ts";
import { patchLoader } from "./loader-patches.ts";
import { stdlibArchive } from "./stdlib-archive.ts";
import { patchErrno } from "./wasm/errno.ts";
import { patchLookupWords } from "./wasm/lookup-words.ts";
import { patchSleep } from "./wasm/sleep.ts";

/** Where the parts of the distribution lie that a checkout's cells boot from, and that the build packs. */
export const distributionDirectory = join(buildDirectory, "distribution");

/** The files, by the names that src/cell/assets.ts reads. */
export const DISTRIBUTION_FILES = [
  "pyodide.asm.mjs",
  "pyodide.asm.wasm",
  "python314.zip",
  "woma-core.zip",
  "pyodide-lock.json",
] as const;

/**
 * Makes the distribution, unless it is there for these sources already; the id of the build. The id is in
 * every snapshot: it covers all that an interpreter's memory depends on.
 */
export async function makeDistribution(core: CorePolicy): Promise<string> {
  const parts = await distributionParts(core);
  const buildId = sha256([Bun.version, ...Object.values(parts).map(sha256), await pythonSources()].join("\n"));
  const present = await readFile(join(distributionDirectory, "build-id"), "latin1").catch(() => null);
  await mkdir(distributionDirectory, { recursive: true });
  if (present !== buildId)
    for (const [name, bytes] of Object.entries(parts)) await replaceFile(join(distributionDirectory, name), bytes);
  // Written even when it is the same: its time says that no source is newer.
  await replaceFile(join(distributionDirectory, "build-id"), buildId);
  return buildId;
}

/**
 * Whether the core's wheels, which come from the network the first time, may be missing: a checkout works
 * without micropip and the time zones' data, and says so; what is given to others must be whole.
 */
export type CorePolicy = "required" | "optional";

async function corePackages(policy: CorePolicy): Promise<Uint8Array> {
  try {
    return await coreArchive();
  } catch (error) {
    if (policy === "required" || !(error instanceof WomaError)) throw error;
    process.stderr.write(
      `${formatError(error)}woma: going on without the core's packages: no micropip, no time zone data\n`,
    );
    return packArchive(new Map());
  }
}

async function distributionParts(core: CorePolicy): Promise<Record<(typeof DISTRIBUTION_FILES)[number], Uint8Array>> {
  const stock = (name: string) => Bun.file(Bun.resolveSync(`pyodide/${name}`, import.meta.dir));
  return {
    "pyodide.asm.mjs": new TextEncoder().encode(patchLoader(await stock("pyodide.asm.mjs").text())),
    "pyodide.asm.wasm": patchLookupWords(patchSleep(patchErrno(await stock("pyodide.asm.wasm").bytes()))),
    "python314.zip": await stdlibArchive(),
    "woma-core.zip": await corePackages(core),
    "pyodide-lock.json": await stock("pyodide-lock.json").bytes(),
  };
}

async function pythonSources(): Promise<string> {
  const directory = join(import.meta.dir, "../src/cell");
  const names = [...new Bun.Glob("**/*.{py,ts}").scanSync(directory)].sort();
  const texts = await Promise.all(names.map((name) => Bun.file(join(directory, name)).text()));
  return sha256(names.map((name, index) => `${name}\n${texts[index]}`).join("\n"));
}

/** Processes that read the old file go on reading it; nobody sees half of the new one. */
async function replaceFile(path: string, bytes: Uint8Array | string): Promise<void> {
  const part = `${path}.${process.pid}`;
  await writeFile(part, bytes);
  await rename(part, path);
}

if (import.meta.main) await makeDistribution("optional");
