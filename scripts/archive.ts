import { unzipSync, zipSync } from "fflate";

/**
 * A zip that depends on its files alone: sorted names, one timestamp, no directory entries (zipimport
 * implies them). Deflated: a stored zip imports asyncio 4 ms sooner, but each cell holds the zip in
 * memory, more than once while it starts, and stored that costs it 32 MB.
 */
export function packArchive(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const sorted = [...files].sort(([one], [other]) => (one < other ? -1 : 1));
  return zipSync(Object.fromEntries(sorted), { level: 9, mtime: zipEpoch });
}

/** The files of a zip or a wheel by name, without its directory entries. */
export function unpackArchive(bytes: Uint8Array): Map<string, Uint8Array> {
  return new Map(Object.entries(unzipSync(bytes)).filter(([name]) => !name.endsWith("/")));
}

// fflate writes local time, as zip does: built from local parts it is the same bytes everywhere.
const zipEpoch = new Date(1980, 0, 1);
