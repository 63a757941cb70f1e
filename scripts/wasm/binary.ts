/** Reads a WebAssembly binary front to back. */
export class Reader {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw new RangeError("the WebAssembly binary ends too early");
    return value;
  }

  unsigned(): number {
    let result = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      result += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return result;
    }
  }

  signed(): number {
    let result = 0;
    for (let shift = 0; ; ) {
      const byte = this.byte();
      result |= (byte & 0x7f) << shift;
      shift += 7;
      if (byte < 0x80) return shift < 32 && byte & 0x40 ? result | (-1 << shift) : result;
    }
  }

  name(): string {
    const length = this.unsigned();
    return new TextDecoder().decode(this.take(length));
  }

  take(length: number): Uint8Array {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** The bytes that `read` walked over. */
  span(read: () => void): Uint8Array {
    const start = this.at;
    read();
    return this.bytes.subarray(start, this.at);
  }
}

export function unsigned(value: number): number[] {
  const out: number[] = [];
  for (;;) {
    const low = value & 0x7f;
    value >>>= 7;
    if (value === 0) return [...out, low];
    out.push(low | 0x80);
  }
}

export function signed(value: number): number[] {
  const out: number[] = [];
  for (;;) {
    const low = value & 0x7f;
    value >>= 7;
    const signMatches = (low & 0x40) === 0 ? value === 0 : value === -1;
    if (signMatches) return [...out, low];
    out.push(low | 0x80);
  }
}

export type Bytes = Uint8Array | readonly number[];

export function concat(parts: readonly Bytes[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A WebAssembly vector: the number of items, then the items. */
export function vector(items: readonly Bytes[]): Uint8Array {
  return concat([unsigned(items.length), ...items]);
}

/** Bytes preceded by their length, as sections and function bodies are. */
export function sized(bytes: Bytes): Uint8Array {
  return concat([unsigned(bytes.length), bytes]);
}

/** Positions at which `pattern` occurs in `bytes`. */
export function occurrences(bytes: Uint8Array, pattern: Bytes): number[] {
  const needle = Buffer.from(pattern);
  const hay = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: number[] = [];
  for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + 1)) found.push(at);
  return found;
}

/** `bytes` with every `from` replaced; throws unless there are exactly `count` of them. */
export function replaceBytes(bytes: Uint8Array, from: Bytes, to: Bytes, count = 1): Uint8Array {
  const found = occurrences(bytes, from);
  if (found.length !== count) {
    throw new Error(`expected ${count} of bytes ${Buffer.from(from).toString("hex")}, found ${found.length}`);
  }
  const parts: Bytes[] = [];
  let done = 0;
  for (const at of found) {
    parts.push(bytes.subarray(done, at), to);
    done = at + from.length;
  }
  return concat([...parts, bytes.subarray(done)]);
}
