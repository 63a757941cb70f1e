import { closeSync, fstatSync, fsync, ftruncate, readSync, write } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import type { FileCalls } from "./file-calls.ts";

/**
 * The part of a file that has come so far. Nothing of it is believed before it has been read back from where it lies:
 * the hash is of that.
 */
export class PartialFile {
  #hasher = new Bun.CryptoHasher("sha256");
  #hashed = 0;

  constructor(
    readonly fd: number,
    private readonly calls: FileCalls,
  ) {}

  get bytes(): number {
    return fstatSync(this.fd).size;
  }

  /**
   * Adds a body, as it comes. Throws DiskFailure, or whatever ended the body; what had come by then is there. While it
   * comes, the file may seem longer than it is.
   */
  async receive(response: Response): Promise<void> {
    // Without a detour through JavaScript, which would take half as long again.
    if (this.calls.seek(this.fd, this.bytes)) return void (await Bun.write(Bun.file(this.fd), response).catch(failed));
    for await (const chunk of response.body ?? []) await this.append(chunk);
  }

  async append(chunk: Uint8Array): Promise<void> {
    const start = this.bytes;
    for (let done = 0; done < chunk.length; ) {
      done += (await writeAsync(this.fd, chunk, done, chunk.length - done, start + done).catch(failed)).bytesWritten;
    }
  }

  /** Of all the bytes so far, lower-case hexadecimal. */
  async sha256(): Promise<string> {
    // A body that turns out to be empty has emptied the file.
    if (this.bytes < this.#hashed) this.#startHash();
    const buffer = new Uint8Array(READ_AT_ONCE_BYTES);
    for (let count = -1; count !== 0; this.#hashed += count) {
      count = readSync(this.fd, buffer, 0, buffer.length, this.#hashed);
      this.#hasher.update(buffer.subarray(0, count));
      if (this.#hashed % HASHED_AT_ONCE_BYTES === 0) await setImmediate();
    }
    return this.#hasher.copy().digest("hex");
  }

  async restart(): Promise<void> {
    this.#startHash();
    await promisify(ftruncate)(this.fd, 0).catch(failed);
  }

  /** All of it onto the disk itself. */
  async sync(): Promise<void> {
    await promisify(fsync)(this.fd).catch(failed);
  }

  close(): void {
    closeSync(this.fd);
  }

  #startHash(): void {
    this.#hasher = new Bun.CryptoHasher("sha256");
    this.#hashed = 0;
  }
}

/** The disk does not take what comes. */
export class DiskFailure extends Error {
  constructor(cause: unknown) {
    super("the disk does not take it", { cause });
  }
}

/** Fits into a processor's cache. */
const READ_AT_ONCE_BYTES = 256 * 1024;
const HASHED_AT_ONCE_BYTES = 4 * 1024 * 1024;
const writeAsync = promisify(write);

const DISK_ERRORS: ReadonlySet<string | undefined> = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EIO", "EROFS", "ESTALE"]);

function failed(cause: unknown): never {
  throw DISK_ERRORS.has((cause as NodeJS.ErrnoException).code) ? new DiskFailure(cause) : cause;
}
