import type { Cache } from "../cache/cache.ts";
import { fetchPackage } from "../download/download.ts";
import type { DownloadContext } from "../download/download-context.ts";
import { DownloadError, HashMismatchError } from "../download/download-error.ts";
import { SourceFailure } from "../download/source-failure.ts";
import { sourcesOf } from "../download/sources.ts";
import type { PackageFile } from "../package-file.ts";
import { withSocketDependencies } from "../socket-dependencies.ts";
import { keepReceived } from "./keep-received.ts";
import { headersOf, metadataAmong, type WholeWheel, wheelMetadata } from "./metadata.ts";
import type { RemoteWheels } from "./project-files.ts";

/** Where METADATA of packages comes from. */
export interface MetadataSources {
  readonly access: RemoteWheels;
  /** Fetches wheels of which no part can be had. */
  readonly download: DownloadContext;
}

/** Of a wheel of the lock: of the cached one, else out of the first source that gives it; null without. */
export async function metadataOfLock(file: PackageFile, sources: MetadataSources): Promise<Uint8Array | null> {
  const metadata = await findMetadataOfLock(file, sources);
  return metadata === null ? null : withSocketDependencies(file.name, metadata);
}

async function findMetadataOfLock(file: PackageFile, sources: MetadataSources): Promise<Uint8Array | null> {
  const { access, download } = sources;
  const cached = cachedMetadata(file, download.cache);
  if (cached !== null) return cached;
  for (const { url } of await sourcesOf(file, download.settings)) {
    try {
      return await wheelMetadata({ url: url.href, metadata: null }, access, wholeWheel(file, download));
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
    }
  }
  return null;
}

/** Of a wheel that an index lists: of the cached one, else from where the index has it. Throws SourceFailure. */
export async function metadataOfIndexed(
  listed: Parameters<typeof wheelMetadata>[0],
  file: PackageFile | null,
  { access, download }: MetadataSources,
): Promise<Uint8Array> {
  if (file === null) return wheelMetadata(listed, access, null);
  return cachedMetadata(file, download.cache) ?? wheelMetadata(listed, access, wholeWheel(file, download));
}

/** Null where the cache has no such wheel. The size that an index says is not what decides whether one is damaged. */
function cachedMetadata(file: PackageFile, cache: Cache | null): Uint8Array | null {
  const wheel = cache?.find({ ...file, bytes: null }) ?? null;
  return wheel === null ? null : metadataIn(wheel);
}

function metadataIn(wheel: NonNullable<ReturnType<Cache["find"]>>): Uint8Array {
  try {
    const read = (position: number, length: number) => {
      const target = new Uint8Array(length);
      return target.subarray(0, wheel.readAt(target, position));
    };
    return headersOf(metadataAmong(wheel.entries, read));
  } finally {
    wheel.close();
  }
}

/** How a wheel comes whole: into the cache, since it is likely to be wanted. Null where nothing would be kept. */
function wholeWheel(file: PackageFile, download: DownloadContext): WholeWheel | null {
  if (!download.cache?.writable) return null;
  return async (received) => {
    try {
      if (received !== null) await keepReceived(file, received, download);
      return metadataIn(await fetchPackage(file, download));
    } catch (error) {
      if (!(error instanceof DownloadError) || error instanceof HashMismatchError) throw error;
      throw new SourceFailure(error.failures[0]?.reports.at(-1)?.reason ?? "cannot be fetched");
    }
  };
}
