import type { SourceReport } from "../download/download-error.ts";
import { sourcesOf } from "../download/sources.ts";
import type { UnreachableServers } from "../download/unreachable.ts";
import type { Lock } from "../lock.ts";
import type { PackageSettings } from "../package-settings.ts";

interface Surroundings {
  readonly lock: Lock;
  readonly settings: PackageSettings;
  readonly unreachable: UnreachableServers;
}

/** A package of the lock that could not be had: which version, and where it was looked for. */
export interface TriedPackage {
  readonly version: string;
  readonly reports: readonly SourceReport[];
}

/** What is known of the sources of packages of the lock that could not be had, by name. */
export async function triedSources(
  names: Iterable<string>,
  { lock, settings, unreachable }: Surroundings,
): Promise<ReadonlyMap<string, TriedPackage>> {
  const known = [...names].filter((name) => lock.packages.has(name));
  const tried = known.map(async (name) => {
    const file = lock.fileOf(name);
    const sources = await sourcesOf(file, settings);
    const reports = sources.map(({ label, url }) => ({
      label,
      reason: unreachable.has(url.origin) ? "could not be reached" : "did not give it",
    }));
    return [name, { version: file.version, reports }] as const;
  });
  return new Map(await Promise.all(tried));
}
