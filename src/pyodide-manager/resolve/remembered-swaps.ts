import { join } from "node:path";
import type { Cache } from "../cache/cache.ts";
import { readRegularFile } from "../cache/regular-file.ts";
import { openDirectory, replaceFile } from "../index/page-cache.ts";

/**
 * Packages of the lock that could not be had, so that an index's file was taken: for a day that is not found out again
 * by every run, with servers that do not answer. By name, with the time in ms since 1970.
 */
export class RememberedSwaps {
  constructor(private readonly cache: Cache | null) {}

  names(): ReadonlySet<string> {
    const now = Date.now();
    return new Set(Object.entries(this.#read()).flatMap(([name, at]) => (Math.abs(now - at) < DAY_MS ? [name] : [])));
  }

  /** Where the cache cannot be written, they are found out again. */
  add(names: ReadonlySet<string>): void {
    if (names.size === 0 || !this.cache?.writable) return;
    if (openDirectory(this.cache, "resolutions-v1") === null) return;
    const known = this.names();
    const kept = Object.entries(this.#read()).filter(([name]) => known.has(name));
    const all = { ...Object.fromEntries(kept), ...Object.fromEntries([...names].map((name) => [name, Date.now()])) };
    replaceFile(this.#path(this.cache), JSON.stringify(all));
  }

  #read(): Readonly<Record<string, number>> {
    if (!this.cache?.trusted) return {};
    try {
      const read: unknown = JSON.parse(readRegularFile(this.#path(this.cache), LARGEST_BYTES).toString());
      return Object.fromEntries(Object.entries(read ?? {}).filter(([, at]) => typeof at === "number"));
    } catch {
      return {};
    }
  }

  #path({ directory }: Cache): string {
    return join(directory, "resolutions-v1", "instead-of-lock.json");
  }
}

const LARGEST_BYTES = 1024 ** 2;
const DAY_MS = 24 * 3600 * 1000;
