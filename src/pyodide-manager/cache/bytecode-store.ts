import { closeSync, readSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync, zipSync } from "fflate";
import { readZip } from "../archive/zip.ts";
import type { ZipEntry } from "../archive/zip-entry.ts";
import { PYODIDE_VERSION } from "../pin.ts";
import type { Cache } from "./cache.ts";
import { type Folder, inFolder } from "./folder.ts";
import { isTrustedPath } from "./path-trust.ts";
import { openWithoutWaiting, regularSize } from "./regular-file.ts";

/** Compiled code of one wheel's modules: a zip archive with a .pyc under each module's name, `numpy/__init__.py`. */
export interface BytecodeArchive {
  readonly entries: readonly ZipEntry[];
  readAt(target: Uint8Array, position: number): number;
}

/**
 * Compiled code, kept between runs. It comes from cells that ran no program, and only from a cache that nobody else
 * can write to: code is not looked at before it runs.
 */
export class BytecodeStore {
  constructor(private readonly cache: () => Cache | null) {}

  get isUsable(): boolean {
    return this.cache()?.trusted ?? false;
  }

  /** Null when there is none, or nothing that can be read. */
  open(sha256: string): BytecodeArchive | null {
    if (!this.isUsable) return null;
    let fd: number;
    try {
      if (!isTrustedPath(this.cache()?.bytecodePath(PYODIDE_VERSION, sha256) ?? "")) return null;
      fd = this.#within("reading", ({ path }) => openWithoutWaiting(join(path, nameOf(sha256))));
    } catch {
      return null;
    }
    const readAt = (target: Uint8Array, position: number) => readSync(fd, target, 0, target.length, position);
    const read = (position: number, length: number) => {
      const target = new Uint8Array(length);
      return target.subarray(0, readAt(target, position));
    };
    try {
      const entries = readZip(read, regularSize(fd, LARGEST_BYTES));
      if (entries.every((entry) => isWhole(entry, read))) return { entries, readAt };
    } catch {
      // As good as damaged.
    }
    closeSync(fd);
    return null;
  }

  /** Adds to what there is; a cache that cannot be written stays as it is. */
  save(sha256: string, modules: ReadonlyMap<string, Uint8Array>): void {
    if (!this.cache()?.writable || !this.isUsable || modules.size === 0) return;
    const all = { ...this.#contents(sha256), ...Object.fromEntries(modules) };
    try {
      // Uncompressed: reading it is what must be quick.
      const bytes = zipSync(all, { level: 0, mtime: OLDEST_ZIP_DATE });
      this.#within("writing", ({ path }) => replace(join(path, nameOf(sha256)), bytes));
    } catch {
      // Its modules are compiled again.
    }
  }

  #contents(sha256: string): Record<string, Uint8Array> {
    const present = this.open(sha256);
    const read = (entry: ZipEntry) => {
      const target = new Uint8Array(entry.bytes);
      present?.readAt(target, entry.dataOffset);
      return target;
    };
    return Object.fromEntries((present?.entries ?? []).map((entry) => [entry.name, read(entry)]));
  }

  #within<T>(purpose: "reading" | "writing", act: (folder: Folder) => T): T {
    return inFolder(this.cache()?.directory ?? "", ["bytecode-v1", PYODIDE_VERSION], purpose, act);
  }
}

function nameOf(sha256: string): string {
  return `${sha256}.zip`;
}

/** The disk may have changed it. */
function isWhole(entry: ZipEntry, read: (position: number, length: number) => Uint8Array): boolean {
  if (Math.max(entry.bytes, entry.compressedBytes) > LARGEST_BYTES) return false;
  const packed = read(entry.dataOffset, entry.compressedBytes);
  // Bounded by the room that it is given.
  const content = entry.method === 0 ? packed : inflateSync(packed, { out: new Uint8Array(entry.bytes) });
  return content.length === entry.bytes && Bun.hash.crc32(content) === entry.crc32;
}

function replace(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${process.pid}`;
  try {
    rmSync(temporary, { force: true });
    writeFileSync(temporary, bytes, { flag: "wx", mode: 0o644 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Code of a package has some megabytes. */
const LARGEST_BYTES = 512 * 1024 ** 2;

const OLDEST_ZIP_DATE = new Date(1980, 0, 1);
