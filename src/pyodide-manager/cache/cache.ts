import { accessSync, constants, existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UnsafeWheelError } from "../archive/unsafe-wheel-error.ts";
import type { PackageFile } from "../package-file.ts";
import { type CachedWheel, faultsOf, listWheels, type Part, sizeOf } from "./cache-contents.ts";
import { CacheError } from "./cache-error.ts";
import { cleanCache, evictFrom, type Removal } from "./cache-removal.ts";
import type { CacheShelf } from "./cache-shelf.ts";
import { type Verification, verifyWheels } from "./cache-verification.ts";
import { findWheel } from "./cached-wheel.ts";
import { FileCalls } from "./file-calls.ts";
import type { OpenWheel } from "./open-wheel.ts";
import { isTrustedPath } from "./path-trust.ts";

/** Opens the cache, making it where there is none. Throws CacheError when it can be neither made nor read. */
export function openCache(directory: string): Cache {
  try {
    for (const name of MADE_AT_ONCE) {
      const path = join(directory, name);
      // That part of the cache is not used then.
      if (isLink(path)) continue;
      mkdirSync(path, { recursive: true, mode: 0o755 });
      accessSync(path, constants.W_OK);
    }
    accessSync(directory, constants.W_OK);
    if (!isThere(join(directory, TAG_NAME))) writeTag(join(directory, TAG_NAME));
    return new Cache(directory, true);
  } catch (cause) {
    if (!isReadableCache(directory)) throw new CacheError(directory, cause);
    return new Cache(directory, false);
  }
}

/**
 * The cache that woma processes share. Whatever is in it can be deleted at any time; what is being written there has
 * another name until it is whole.
 *
 *   CACHEDIR.TAG                        tells backup programs to leave it out
 *   snapshots/<build id>                a checkout's interpreter; a compiled woma has its own inside
 *   wheels-v1/<sha256>/<file name>      never changed; the directory's time is when it was last used
 *   bytecode-v1/<build id>/<sha256>.zip compiled from a wheel by one build of woma
 *   partial-v1/<sha256>.part            a download on its way, locked by whoever writes it
 *   unreachable-v1/<sha256 of origin>   a server that could not be reached, for the minute after the file's time
 *   index-v1/, resolutions-v1/          pages of package indexes, and what was resolved with them
 *   removed-v1/                         on its way out
 */
export class Cache implements CacheShelf {
  readonly calls = new FileCalls();
  #trusted: boolean | undefined;
  #faults: ReadonlyMap<Part, string> | undefined;

  constructor(
    readonly directory: string,
    /** Without that, what it has is used, and nothing is added. */
    readonly writable: boolean,
  ) {}

  /** As they were when first asked for. */
  get faults(): ReadonlyMap<Part, string> {
    this.#faults ??= faultsOf(this.directory);
    return this.#faults;
  }

  /**
   * Nobody but this user and root can have put anything here. Of what another user may have written only what has a
   * known hash is used, from memory: never a snapshot or bytecode.
   */
  get trusted(): boolean {
    this.#trusted ??= MADE_AT_ONCE.every((name) => isTrustedPath(join(this.directory, name)));
    return this.#trusted;
  }

  snapshotPath(buildId: string): string {
    return join(this.directory, "snapshots", buildId);
  }

  bytecodePath(buildId: string, sha256: string): string {
    return join(this.directory, "bytecode-v1", buildId, `${sha256}.zip`);
  }

  wheelPath({ sha256, fileName }: Pick<PackageFile, "sha256" | "fileName">): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new UnsafeWheelError(fileName, `its hash is ${JSON.stringify(sha256)}`);
    if (!SAFE_NAME.test(fileName)) throw new UnsafeWheelError(fileName, "its name is none for a file");
    return join(this.directory, "wheels-v1", sha256, fileName);
  }

  /** A verified wheel, or null where there is none. A damaged one is removed, with a note. */
  find(file: PackageFile, note: (text: string) => void = () => {}): OpenWheel | null {
    return findWheel(this, file, note);
  }

  /** Ordered by file name. */
  list(): readonly CachedWheel[] {
    return listWheels(this.directory);
  }

  /** Of all that is in it, in bytes. */
  size(): number {
    return sizeOf(this.directory);
  }

  /** Compares every wheel with its hash, and removes what is damaged. */
  verify(signal: AbortSignal): Promise<Verification> {
    return verifyWheels(this, signal);
  }

  /** Removes everything but what a running process has mounted or is downloading. */
  clean(): Removal {
    return cleanCache(this);
  }

  /** Removes what was used least recently, and is not in use, until no more than so many bytes are left. */
  evict(limitBytes: number): Removal {
    return evictFrom(this, limitBytes);
  }
}

const MADE_AT_ONCE = ["snapshots", "wheels-v1"] as const;

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** Be it a link that leads nowhere. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

const SAFE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._+!-]{0,254}$/;

/** What a woma has made, or was given, though it may not be written now. */
function isReadableCache(directory: string): boolean {
  try {
    return existsSync(join(directory, TAG_NAME)) && readdirSync(directory).length > 0;
  } catch {
    return false;
  }
}

/** Another process may be as far at this moment. */
function writeTag(path: string): void {
  try {
    writeFileSync(path, TAG, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

const TAG_NAME = "CACHEDIR.TAG";
const TAG =
  "Signature: 8a477f597d28d172789f06886806bc55\n# This directory holds woma's cache; it can be deleted at any time.\n";
