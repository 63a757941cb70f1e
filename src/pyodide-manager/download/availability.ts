import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Cache } from "../cache/cache.ts";
import type { PackageFile } from "../package-file.ts";
import type { PackageSettings } from "../package-settings.ts";
import { type RequestOptions, request } from "./http-request.ts";
import { readOutlet } from "./outlet.ts";
import { USUAL_PATIENCE } from "./patience.ts";
import { SourceFailure, UnreachableFailure } from "./source-failure.ts";
import { type Source, sourcesOf } from "./sources.ts";
import { UnreachableServers } from "./unreachable.ts";

interface Surroundings {
  readonly cache: Cache | null;
  readonly settings: PackageSettings;
  readonly signal: AbortSignal;
}

/** Those files that neither the cache nor any source has, as far as asking for their first byte tells. */
export async function unavailableFiles(files: readonly PackageFile[], around: Surroundings): Promise<PackageFile[]> {
  const servers = new UnreachableServers(around.cache, USUAL_PATIENCE.leftOutMs);
  const missing: PackageFile[] = [];
  const queue = files.values();
  const work = async () => {
    for (const file of queue) if (!(await isAvailable(file, servers, around))) missing.push(file);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return missing;
}

const AT_A_TIME = 6;

async function isAvailable(file: PackageFile, servers: UnreachableServers, around: Surroundings): Promise<boolean> {
  const cached = around.cache?.find(file) ?? null;
  cached?.close();
  if (cached !== null) return true;
  const outlet = await readOutlet(around.settings.indexEnvironment);
  for (const source of await sourcesOf(file, around.settings)) {
    if (await hasFile(source, servers, { signal: around.signal, outlet })) return true;
  }
  return false;
}

async function hasFile(
  { url }: Source,
  servers: UnreachableServers,
  { signal, outlet }: Pick<RequestOptions, "signal" | "outlet">,
): Promise<boolean> {
  if (url.protocol === "file:") return existsSync(fileURLToPath(url));
  if (servers.has(url.origin)) return false;
  try {
    const headers = { range: "bytes=0-0" };
    const response = await request(url, { headers, signal, outlet, patience: USUAL_PATIENCE });
    await response.body?.cancel();
    // One that is in trouble may have it in a moment.
    return response.status < 400 || response.status === 429 || response.status >= 500;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UnreachableFailure) servers.add(url.origin);
    return !(error instanceof SourceFailure);
  }
}
