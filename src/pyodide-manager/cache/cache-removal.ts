import { closeSync, lstatSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { BUILD_NAME, namesIn, OWN_NAMES, ownNamesIn, PARTS, type Part, sizeBelow, sizeOf } from "./cache-contents.ts";
import type { CacheShelf } from "./cache-shelf.ts";
import { inFolder } from "./folder.ts";
import { openWithoutWaiting } from "./regular-file.ts";
import { removeAway, removeNow } from "./remove-away.ts";

export interface Removal {
  readonly removedBytes: number;
  /** What is left, in use or not. */
  readonly leftBytes: number;
}

/** Removes everything but what a running process has mounted or is downloading. */
export function cleanCache(cache: CacheShelf): Removal {
  const before = sizeOf(cache.directory);
  for (const part of PARTS) removeLink(join(cache.directory, part));
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
  /** The directory that it is in, and its name there. */
  readonly names: readonly string[];
  readonly name: string;
  /** Files that a process holds locked as long as it uses the item; names that lead there. */
  readonly locks: readonly (readonly string[])[];
  readonly bytes: number;
  readonly lastUsedMs: number;
}

function itemsOf(cache: CacheShelf, parts: readonly Part[]): readonly Item[] {
  return parts.flatMap((part) => {
    if (part === "removed-v1") return [];
    if (part === "bytecode-v1") return bytecodeOf(cache);
    return ownNamesIn(cache.directory, part).map((name) => {
      const path = join(cache.directory, part, name);
      const files = part === "wheels-v1" ? namesIn(cache.directory, part, name) : [];
      const locks = part === "partial-v1" ? [[part, name]] : files.map((file) => [part, name, file]);
      return { names: [part], name, locks, bytes: sizeBelow(path), lastUsedMs: modifiedMs(path) };
    });
  });
}

/** Used whenever its wheel is. */
function bytecodeOf({ directory }: CacheShelf): readonly Item[] {
  const builds = namesIn(directory, "bytecode-v1").filter((build) => BUILD_NAME.test(build));
  return builds.flatMap((build) => {
    const names = ["bytecode-v1", build];
    const own = namesIn(directory, ...names).filter((name) => OWN_NAMES["bytecode-v1"].test(name));
    return own.map((name) => {
      const path = join(directory, ...names, name);
      const wheelMs = modifiedMs(join(directory, "wheels-v1", name.replace(/\.zip.*$/, "")));
      return { names, name, locks: [], bytes: sizeBelow(path), lastUsedMs: Math.max(wheelMs, modifiedMs(path)) };
    });
  });
}

function modifiedMs(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Whether it is gone. */
function removeItem(cache: CacheShelf, { names, name, locks }: Item): boolean {
  const locked: number[] = [];
  try {
    for (const lock of locks) {
      const fd = openForLock(cache.directory, lock);
      if (fd === null) continue;
      locked.push(fd);
      if (!cache.calls.lockAlone(fd)) return false;
    }
    return removeAway(cache.directory, names, name);
  } finally {
    for (const fd of locked) closeSync(fd);
  }
}

/** What cannot be opened, nobody can use. */
function openForLock(directory: string, names: readonly string[]): number | null {
  const name = names.at(-1) ?? "";
  try {
    return inFolder(directory, names.slice(0, -1), "reading", ({ path }) => openWithoutWaiting(join(path, name)));
  } catch {
    return null;
  }
}

/** In the place of a directory of the cache: the link itself, never what it leads to. */
function removeLink(path: string): void {
  try {
    if (lstatSync(path).isSymbolicLink()) unlinkSync(path);
  } catch {
    // Another user's, or not there.
  }
}

/** Of processes that were killed while they removed something. */
function removeLeftovers({ directory }: CacheShelf): void {
  const names = ownNamesIn(directory, "removed-v1");
  if (names.length === 0) return;
  try {
    inFolder(directory, ["removed-v1"], "reading", ({ path }) => {
      for (const name of names) removeNow(join(path, name));
    });
  } catch {
    // Removed meanwhile, with all that was in it.
  }
}
