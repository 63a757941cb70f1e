/**
 * A frame: u32 length of the rest, u32 length of the JSON, the JSON in UTF-8, then raw bytes. Little-endian.
 */

const HEADER_BYTES = 8;
const decoder = new TextDecoder();

export interface Frame {
  readonly json: string;
  readonly bytes: Uint8Array;
}

export const NO_BYTES = new Uint8Array(0);

export function encodeFrame(json: string, bytes: Uint8Array = NO_BYTES): Uint8Array {
  const textLength = Buffer.byteLength(json);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + textLength + bytes.length);
  putLength(frame, 0, frame.length - 4);
  putLength(frame, 4, textLength);
  frame.write(json, HEADER_BYTES);
  if (bytes.length > 0) frame.set(bytes, HEADER_BYTES + textLength);
  return frame;
}

/** A frame's first length: of what follows it. A DataView would cost more than all the rest of a small frame. */
export function lengthAt(bytes: Uint8Array, position: number): number {
  const low = (bytes[position] ?? 0) | ((bytes[position + 1] ?? 0) << 8) | ((bytes[position + 2] ?? 0) << 16);
  return low + (bytes[position + 3] ?? 0) * 2 ** 24;
}

function putLength(frame: Uint8Array, position: number, length: number): void {
  frame[position] = length;
  frame[position + 1] = length >>> 8;
  frame[position + 2] = length >>> 16;
  frame[position + 3] = length >>> 24;
}

/** Decodes a frame's rest, without its first length; null when the lengths disagree. */
export function decodeFrame(rest: Uint8Array): Frame | null {
  if (rest.length < 4) return null;
  const jsonLength = lengthAt(rest, 0);
  if (jsonLength > rest.length - 4) return null;
  return { json: decoder.decode(rest.subarray(4, 4 + jsonLength)), bytes: rest.subarray(4 + jsonLength) };
}

/** Cuts a byte stream into frames. A length above the cap, or a frame that contradicts itself, throws. */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  /** With fewer there is nothing to look at: the length of a frame, or all of it. */
  #neededBytes = LENGTH_BYTES;

  constructor(readonly maximumBytes: number) {}

  /** Whether a frame has begun that is not all there. */
  get isMidFrame(): boolean {
    return this.#bytes > 0;
  }

  *push(chunk: Uint8Array): Generator<Frame> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#chunks.length > MOST_CHUNKS) this.#join();
    while (this.#bytes >= this.#neededBytes) {
      const bytes = this.#join();
      const length = lengthAt(bytes, 0);
      if (length > this.maximumBytes) throw new FrameError(`a frame of ${length} bytes, above ${this.maximumBytes}`);
      this.#neededBytes = LENGTH_BYTES + length;
      if (bytes.length < this.#neededBytes) return;
      const frame = decodeFrame(bytes.subarray(LENGTH_BYTES, this.#neededBytes));
      if (frame === null) throw new FrameError("a frame whose lengths disagree");
      const rest = bytes.subarray(this.#neededBytes);
      this.#chunks = rest.length === 0 ? [] : [rest];
      this.#bytes = rest.length;
      this.#neededBytes = LENGTH_BYTES;
      yield frame;
    }
  }

  /** What has come and is no frame yet, in one piece. */
  #join(): Uint8Array {
    const [first] = this.#chunks;
    const all = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}

const LENGTH_BYTES = 4;
/** A frame that comes byte by byte is put together this many at a time. */
const MOST_CHUNKS = 1024;

export class FrameError extends Error {}
