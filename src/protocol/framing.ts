/**
 * A frame: u32 length of the rest, u32 length of the JSON, the JSON in UTF-8, then raw bytes. Little-endian.
 */

const HEADER_BYTES = 8;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface Frame {
  readonly json: string;
  readonly bytes: Uint8Array;
}

export const NO_BYTES = new Uint8Array(0);

export function encodeFrame(json: string, bytes: Uint8Array = NO_BYTES): Uint8Array {
  const text = encoder.encode(json);
  const frame = new Uint8Array(HEADER_BYTES + text.length + bytes.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, frame.length - 4, true);
  view.setUint32(4, text.length, true);
  frame.set(text, HEADER_BYTES);
  frame.set(bytes, HEADER_BYTES + text.length);
  return frame;
}

/** Decodes a frame's rest, without its first length; null when the lengths disagree. */
export function decodeFrame(rest: Uint8Array): Frame | null {
  if (rest.length < 4) return null;
  const jsonLength = new DataView(rest.buffer, rest.byteOffset, rest.byteLength).getUint32(0, true);
  if (jsonLength > rest.length - 4) return null;
  return { json: decoder.decode(rest.subarray(4, 4 + jsonLength)), bytes: rest.subarray(4 + jsonLength) };
}

/** Cuts a byte stream into frames. A length above the cap, or a frame that contradicts itself, throws. */
export class FrameReader {
  #pending: Uint8Array = NO_BYTES;

  constructor(readonly maximumBytes: number) {}

  /** Whether a frame has begun that is not all there. */
  get isMidFrame(): boolean {
    return this.#pending.length > 0;
  }

  *push(chunk: Uint8Array): Generator<Frame> {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    for (;;) {
      if (this.#pending.length < 4) return;
      const view = new DataView(this.#pending.buffer, this.#pending.byteOffset, this.#pending.byteLength);
      const length = view.getUint32(0, true);
      if (length > this.maximumBytes) throw new FrameError(`a frame of ${length} bytes, above ${this.maximumBytes}`);
      if (this.#pending.length < 4 + length) return;
      const frame = decodeFrame(this.#pending.subarray(4, 4 + length));
      if (frame === null) throw new FrameError("a frame whose lengths disagree");
      this.#pending = this.#pending.subarray(4 + length);
      yield frame;
    }
  }
}

export class FrameError extends Error {}
