import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cache } from "../cache/cache.ts";

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
    const path = this.#path(this.cache);
    const temporary = `${path}.${process.pid}`;
    const known = this.names();
    const kept = Object.entries(this.#read()).filter(([name]) => known.has(name));
    const all = { ...Object.fromEntries(kept), ...Object.fromEntries([...names].map((name) => [name, Date.now()])) };
    try {
      mkdirSync(join(this.cache.directory, "resolutions-v1"), { recursive: true, mode: 0o755 });
      writeFileSync(temporary, JSON.stringify(all));
      renameSync(temporary, path);
    } catch {
      // A full disk.
    }
  }

  #read(): Readonly<Record<string, number>> {
    if (!this.cache?.trusted) return {};
    try {
      const read: unknown = JSON.parse(readFileSync(this.#path(this.cache), "utf8"));
      return Object.fromEntries(Object.entries(read ?? {}).filter(([, at]) => typeof at === "number"));
    } catch {
      return {};
    }
  }

  #path({ directory }: Cache): string {
    return join(directory, "resolutions-v1", "instead-of-lock.json");
  }
}

const DAY_MS = 24 * 3600 * 1000;
