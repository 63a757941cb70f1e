import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cache } from "../cache/cache.ts";
import { faultOfFolder } from "../cache/folder.ts";
import { isTrustedPath } from "../cache/path-trust.ts";
import { readRegularFile } from "../cache/regular-file.ts";

/** What an index answered once, and by what it says whether that still holds. */
export interface KeptPage {
  readonly url: string;
  readonly contentType: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly bytes: Uint8Array;
}

/**
 * Answers of indexes, by address, in `index-v1/`: a line of JSON, then the bytes. One that others can write to is not
 * read: what a page says decides what is run.
 */
export class PageCache {
  readonly #directory: string | null;
  readonly #writable: boolean;

  constructor(cache: Cache | null) {
    this.#writable = cache?.writable ?? false;
    this.#directory = cache === null ? null : openDirectory(cache, "index-v1");
  }

  find(address: string): KeptPage | null {
    if (this.#directory === null) return null;
    try {
      const content = readRegularFile(this.#path(address), LARGEST_PAGE_BYTES);
      const end = content.indexOf(NEWLINE);
      const head = JSON.parse(content.toString("utf8", 0, end)) as Omit<KeptPage, "bytes"> & { address: string };
      return head.address === address ? { ...head, bytes: content.subarray(end + 1) } : null;
    } catch {
      return null;
    }
  }

  keep(address: string, { bytes, ...head }: KeptPage): void {
    if (this.#directory === null || !this.#writable) return;
    const line = Buffer.from(`${JSON.stringify({ ...head, address })}\n`);
    replaceFile(this.#path(address), Buffer.concat([line, bytes]));
  }

  #path(address: string): string {
    return join(this.#directory ?? "", createHash("sha256").update(address).digest("hex"));
  }
}

const NEWLINE = 10;
const LARGEST_PAGE_BYTES = 256 * 1024 ** 2;

/** A directory of the cache, made where there is none; null when it cannot be had, or is open to others. */
export function openDirectory(cache: Cache, name: string): string | null {
  const directory = join(cache.directory, name);
  try {
    if (cache.writable) mkdirSync(directory, { recursive: true, mode: 0o755 });
  } catch {
    return null;
  }
  // Nor is a link followed, be it the user's own.
  return faultOfFolder(cache.directory, name) === null && isTrustedPath(directory) ? directory : null;
}

/** Readers see the old file or the new one. A disk that is full costs what would have been kept. */
export function replaceFile(path: string, bytes: Uint8Array | string): void {
  const part = `${path}.${process.pid}.${randomUUID()}`;
  try {
    writeFileSync(part, bytes, { mode: 0o600 });
    renameSync(part, path);
  } catch {
    rmSync(part, { force: true });
  }
}
