import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { formatError, WomaError } from "../errors.ts";
import type { Cache } from "./cache/cache.ts";
import { CacheError } from "./cache/cache-error.ts";
import { isTrustedPath } from "./cache/path-trust.ts";

const ROOT = join(import.meta.dir, "../..");
const BUILD_ID = join(ROOT, ".build/distribution/build-id");

/**
 * Makes a checkout's distribution and snapshot when its sources are newer, once; the snapshot's path, or
 * undefined when there is no cache to keep one in.
 */
export function prepareCheckout(cache: Cache | null): string | undefined {
  if (!isFresh()) {
    process.stderr.write("woma: preparing this checkout's interpreter (once) ...\n");
    const { success, errors } = runScript("distribution.ts");
    if (!success) throw scriptError("distribution.ts", errors);
    if (errors !== "") process.stderr.write(`${errors}\n`);
  }
  if (cache === null) return undefined;
  const fault = cache.faults.get("snapshots");
  if (fault !== undefined) {
    process.stderr.write(`woma: the cache ${cache.directory} keeps no snapshot: ${fault}\n`);
    return undefined;
  }
  if (!cache.trusted) return ignoreSnapshot(cache);
  const snapshot = cache.snapshotPath(readFileSync(BUILD_ID, "latin1"));
  if (existsSync(snapshot)) return isTrustedPath(snapshot) ? snapshot : ignoreSnapshot(cache);
  const { success, errors } = runScript("snapshot.ts", snapshot);
  if (success) return snapshot;
  const code = /^E[A-Z]+$/.exec(errors)?.[0];
  const error = code === undefined ? scriptError("snapshot.ts", errors) : new CacheError(cache.directory, { code });
  process.stderr.write(formatError(error));
  return undefined;
}

/** It becomes the interpreter's memory: nobody else may have written it. */
function ignoreSnapshot(cache: Cache): undefined {
  process.stderr.write(`woma: others can write to the cache ${cache.directory}: no snapshot of it is used\n`);
}

function isFresh(): boolean {
  const made = modified(BUILD_ID);
  for (const pattern of ["src/cell/**/*", "scripts/**/*", "package.json"]) {
    for (const source of new Bun.Glob(pattern).scanSync(ROOT)) if (modified(join(ROOT, source)) > made) return false;
  }
  return made > 0;
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function runScript(name: string, ...words: readonly string[]): { success: boolean; errors: string } {
  const { success, stderr } = Bun.spawnSync([process.execPath, join(ROOT, "scripts", name), ...words], {
    cwd: ROOT,
    stdout: "ignore",
    stderr: "pipe",
  });
  return { success, errors: stderr.toString().trim() };
}

function scriptError(name: string, errors: string): WomaError {
  return new WomaError(`scripts/${name} failed:\n${errors}`, { hint: "run `npm ci` in the checkout, then try again" });
}
