/** Bytes that have come and wait to be read. */
export class ReceivedBytes {
  #chunks: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Small ones are put together: a buffer full of single bytes would hold a hundred times as much. */
  push(bytes: Uint8Array): void {
    const last = this.#chunks.at(-1);
    if (last === undefined || last.length + bytes.length > SMALL_BYTES) this.#chunks.push(bytes);
    else this.#chunks[this.#chunks.length - 1] = Buffer.concat([last, bytes]);
    this.#length += bytes.length;
  }

  /** The first, up to so many, in one piece; large pieces are not copied for that. */
  first(length: number): Uint8Array {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= Math.min(length, LARGE_BYTES)) return first.subarray(0, length);
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined.subarray(0, length);
  }

  /** Forgets the first; not more than `first` has given. */
  drop(length: number): void {
    const [first] = this.#chunks;
    if (first === undefined) return;
    if (first.length === length) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(length);
    this.#length -= length;
  }

  clear(): void {
    this.#chunks = [];
    this.#length = 0;
  }
}

const SMALL_BYTES = 4096;
const LARGE_BYTES = 64 * 1024;
