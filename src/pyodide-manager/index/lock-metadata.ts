import type { Cache } from "../cache/cache.ts";
import { SourceFailure } from "../download/source-failure.ts";
import { sourcesOf } from "../download/sources.ts";
import type { PackageFile } from "../package-file.ts";
import type { PackageSettings } from "../package-settings.ts";
import { headersOf, metadataAmong, wheelMetadata } from "./metadata.ts";
import type { RemoteWheels } from "./project-files.ts";

/** Where METADATA of the lock's wheels comes from. */
export interface LockMetadata {
  readonly cache: Cache | null;
  readonly settings: PackageSettings;
  readonly access: RemoteWheels;
}

/** The METADATA of a wheel of the lock: of the cached one, else out of the first source that gives it; null without. */
export async function metadataOfLock(
  file: PackageFile,
  { cache, settings, access }: LockMetadata,
): Promise<Uint8Array | null> {
  const wheel = cache?.find(file) ?? null;
  if (wheel !== null) {
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
  for (const { url } of await sourcesOf(file, settings)) {
    try {
      return await wheelMetadata({ url: url.href, metadata: null }, access);
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
    }
  }
  return null;
}
