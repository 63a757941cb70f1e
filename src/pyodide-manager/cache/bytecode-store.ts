import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { zipSync } from "fflate";
import { readZip } from "../archive/zip.ts";
import type { ZipEntry } from "../archive/zip-entry.ts";
import { PYODIDE_VERSION } from "../pin.ts";
import type { Cache } from "./cache.ts";
import { isTrustedPath } from "./path-trust.ts";

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
    const path = this.#path(sha256);
    let fd: number;
    try {
      if (!isTrustedPath(path)) return null;
      fd = openSync(path, "r");
    } catch {
      return null;
    }
    const readAt = (target: Uint8Array, position: number) => readSync(fd, target, 0, target.length, position);
    const read = (position: number, length: number) => {
      const target = new Uint8Array(length);
      return target.subarray(0, readAt(target, position));
    };
    try {
      return { entries: readZip(read, fstatSync(fd).size), readAt };
    } catch {
      closeSync(fd);
      return null;
    }
  }

  /** Adds to what there is; a cache that cannot be written stays as it is. */
  save(sha256: string, modules: ReadonlyMap<string, Uint8Array>): void {
    if (!this.cache()?.writable || !this.isUsable || modules.size === 0) return;
    const path = this.#path(sha256);
    const temporary = `${path}.${process.pid}`;
    const all = { ...this.#contents(sha256), ...Object.fromEntries(modules) };
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      // Uncompressed: reading it is what must be quick.
      writeFileSync(temporary, zipSync(all, { level: 0, mtime: OLDEST_ZIP_DATE }), { mode: 0o644 });
      renameSync(temporary, path);
    } catch {
      rmSync(temporary, { force: true });
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

  #path(sha256: string): string {
    return this.cache()?.bytecodePath(PYODIDE_VERSION, sha256) ?? "";
  }
}

const OLDEST_ZIP_DATE = new Date(1980, 0, 1);
