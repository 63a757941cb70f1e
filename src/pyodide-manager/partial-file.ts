import { closeSync, fsync, ftruncate, write, writev } from "node:fs";
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
    return this.#hasher.copy().digest("hex");
  }

  async append(chunk: Uint8Array): Promise<void> {
    this.#hasher.update(chunk);
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    if (this.#waiting >= WRITTEN_AT_ONCE_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    const [chunks, position] = [this.#chunks, this.#written];
    this.#written += this.#waiting;
    this.#chunks = [];
    this.#waiting = 0;
    if (chunks.length > 0) await writeFully(this.fd, chunks, position).catch(failed);
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
const writeManyAsync = promisify(writev);

async function writeFully(fd: number, chunks: readonly Uint8Array[], position: number): Promise<void> {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  let { bytesWritten: done } = await writeManyAsync(fd, chunks, position);
  // A nearly full disk takes a part.
  for (const rest = done < length ? Buffer.concat(chunks) : null; rest !== null && done < length; ) {
    done += (await writeAsync(fd, rest, done, length - done, position + done)).bytesWritten;
  }
}

function failed(cause: unknown): never {
  throw new DiskFailure(cause);
}
