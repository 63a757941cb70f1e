import { closeSync, fsync, ftruncate, write } from "node:fs";
import { promisify } from "node:util";
import { hashFile } from "./verify.ts";

/** The part of a file that has come so far, with its hash. Writes go through the thread pool; they throw DiskFailure. */
export class PartialFile {
  #hasher = new Bun.CryptoHasher("sha256");
  #chunks: Uint8Array[] = [];
  #waiting = 0;
  #written = 0;

  constructor(readonly fd: number) {}

  /** Takes up what is in the file already. */
  static async resume(fd: number): Promise<PartialFile> {
    const partial = new PartialFile(fd);
    partial.#written = await hashFile(fd, partial.#hasher);
    return partial;
  }

  get bytes(): number {
    return this.#written + this.#waiting;
  }

  /** Of all the bytes so far, lower-case hexadecimal. */
  get sha256(): string {
    const hasher = this.#hasher.copy();
    for (const chunk of this.#chunks) hasher.update(chunk);
    return hasher.digest("hex");
  }

  async append(chunk: Uint8Array): Promise<void> {
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    if (this.#waiting >= WRITTEN_AT_ONCE_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    const [first, ...others] = this.#chunks;
    if (first === undefined) return;
    const bytes = others.length === 0 ? first : Buffer.concat(this.#chunks);
    const position = this.#written;
    this.#chunks = [];
    this.#waiting = 0;
    this.#written += bytes.length;
    const written = writeFully(this.fd, bytes, position);
    this.#hasher.update(bytes);
    await written.catch(failed);
  }

  async restart(): Promise<void> {
    this.#chunks = [];
    this.#waiting = 0;
    this.#written = 0;
    this.#hasher = new Bun.CryptoHasher("sha256");
    await promisify(ftruncate)(this.fd, 0).catch(failed);
  }

  /** All of it onto the disk itself. */
  async sync(): Promise<void> {
    await this.flush();
    await promisify(fsync)(this.fd).catch(failed);
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** The disk does not take what comes. */
export class DiskFailure extends Error {
  constructor(cause: unknown) {
    super("the disk does not take it", { cause });
  }
}

const WRITTEN_AT_ONCE_BYTES = 512 * 1024;
const writeAsync = promisify(write);

async function writeFully(fd: number, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await writeAsync(fd, bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

function failed(cause: unknown): never {
  throw new DiskFailure(cause);
}
