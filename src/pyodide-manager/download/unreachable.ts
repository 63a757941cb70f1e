import { lstatSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256Of } from "../archive/verify.ts";
import type { Cache } from "../cache/cache.ts";
import { inFolder } from "../cache/folder.ts";

/**
 * Servers that could not be reached a moment ago, known to all processes on a cache: forty of them do not wait five
 * seconds each.
 */
export class UnreachableServers {
  readonly #own = new Map<string, number>();

  constructor(
    private readonly cache: Cache | null,
    private readonly leftOutMs: number,
  ) {}

  /** `origin` as URL has it: scheme, host and port. */
  has(origin: string): boolean {
    const since = Math.max(this.#own.get(origin) ?? 0, this.#shared(origin));
    const age = Date.now() - since;
    // A file system keeps finer times than the clock tells.
    return age > -CLOCK_TICK_MS && age < this.leftOutMs;
  }

  add(origin: string): void {
    this.#own.set(origin, Date.now());
    if (!this.cache?.writable) return;
    try {
      inFolder(this.cache.directory, [DIRECTORY], "writing", ({ path }) => {
        const part = join(path, `${nameOf(origin)}.${process.pid}`);
        rmSync(part, { force: true });
        writeFileSync(part, `${origin}\n`, { flag: "wx", mode: 0o644 });
        renameSync(part, join(path, nameOf(origin)));
      });
    } catch {
      // This process knows.
    }
  }

  #shared(origin: string): number {
    if (this.cache === null) return 0;
    try {
      return inFolder(this.cache.directory, [DIRECTORY], "reading", ({ path }) => {
        const status = lstatSync(join(path, nameOf(origin)), { throwIfNoEntry: false });
        return status?.isFile() ? status.mtimeMs : 0;
      });
    } catch {
      return 0;
    }
  }
}

function nameOf(origin: string): string {
  return sha256Of(Buffer.from(origin));
}

const DIRECTORY = "unreachable-v1";
const CLOCK_TICK_MS = 10;
