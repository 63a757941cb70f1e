import { closeSync, constants, lstatSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { namesIn, PARTS, sizeBelow, sizeOf } from "./cache-contents.ts";
import type { CacheShelf } from "./cache-shelf.ts";
import { removeAway } from "./remove-away.ts";

export interface Removal {
  readonly removedBytes: number;
  /** What is left, in use or not. */
  readonly leftBytes: number;
}

/** Removes everything but what a running process has mounted or is downloading. */
export function cleanCache(cache: CacheShelf): Removal {
  const before = sizeOf(cache.directory);
  removeLeftovers(cache);
  for (const item of itemsOf(cache, PARTS)) removeItem(cache, item);
  const leftBytes = sizeOf(cache.directory);
  return { removedBytes: before - leftBytes, leftBytes };
}

/**
 * Removes what was used least recently, and is not in use, until no more than so many bytes are left. Snapshots are
 * neither counted nor removed.
 */
export function evictFrom(cache: CacheShelf, limitBytes: number): Removal {
  removeLeftovers(cache);
  const items = itemsOf(
    cache,
    PARTS.filter((part) => part !== "snapshots"),
  );
  const before = items.reduce((sum, { bytes }) => sum + bytes, 0);
  let leftBytes = before;
  for (const item of items.toSorted((a, b) => a.lastUsedMs - b.lastUsedMs)) {
    if (leftBytes <= limitBytes) break;
    if (removeItem(cache, item)) leftBytes -= item.bytes;
  }
  return { removedBytes: before - leftBytes, leftBytes };
}

/** What goes at once or not at all. */
interface Item {
  readonly path: string;
  /** Files that a process holds locked as long as it uses the item. */
  readonly lockPaths: readonly string[];
  readonly bytes: number;
  readonly lastUsedMs: number;
}

function itemsOf(cache: CacheShelf, parts: readonly (typeof PARTS)[number][]): readonly Item[] {
  return parts.flatMap((part) => {
    const top = join(cache.directory, part);
    if (part === "removed-v1") return [];
    if (part === "bytecode-v1") return namesIn(top).flatMap((build) => bytecodeOf(cache, join(top, build)));
    return namesIn(top).map((name) => {
      const path = join(top, name);
      const lockPaths =
        part === "wheels-v1" ? namesIn(path).map((file) => join(path, file)) : part === "partial-v1" ? [path] : [];
      return { path, lockPaths, bytes: sizeBelow(path), lastUsedMs: modifiedMs(path) };
    });
  });
}

/** Used whenever its wheel is. */
function bytecodeOf(cache: CacheShelf, directory: string): readonly Item[] {
  return namesIn(directory).map((name) => {
    const path = join(directory, name);
    const wheelMs = modifiedMs(join(cache.directory, "wheels-v1", name.replace(/\.zip$/, "")));
    return { path, lockPaths: [], bytes: sizeBelow(path), lastUsedMs: Math.max(wheelMs, modifiedMs(path)) };
  });
}

function modifiedMs(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Whether it is gone. */
function removeItem(cache: CacheShelf, { path, lockPaths }: Item): boolean {
  const locked: number[] = [];
  try {
    for (const lockPath of lockPaths) {
      const fd = openForLock(lockPath);
      if (fd === null) continue;
      locked.push(fd);
      if (!cache.calls.lockAlone(fd)) return false;
    }
    return removeAway(cache.directory, path);
  } finally {
    for (const fd of locked) closeSync(fd);
  }
}

/** What cannot be opened, nobody can use. */
function openForLock(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch {
    return null;
  }
}

/** Of processes that were killed while they removed something. */
function removeLeftovers({ directory }: CacheShelf): void {
  for (const name of namesIn(join(directory, "removed-v1"))) {
    try {
      rmSync(join(directory, "removed-v1", name), { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}
