import { describe, expect, test } from "bun:test";
import { decodeFrame, encodeFrame, FrameError, FrameReader } from "../../src/protocol/framing.ts";

const MAXIMUM = 1024;
const bytes = (...values: number[]) => Uint8Array.from(values);
const text = (value: string) => new TextEncoder().encode(value);

/** What a reader gives for these chunks, as plain values. */
function read(chunks: readonly Uint8Array[], reader = new FrameReader(MAXIMUM)): [string, number[]][] {
  return chunks.flatMap((chunk) => [...reader.push(chunk)]).map((frame) => [frame.json, [...frame.bytes]]);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A frame's two lengths as given, true or not, and what follows them. */
function frameOf(length: number, jsonLength: number, rest: Uint8Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, length, true);
  view.setUint32(4, jsonLength, true);
  return joined(new Uint8Array(view.buffer), rest);
}

describe("a frame", () => {
  test("is two lengths, the JSON and the bytes, in little-endian", () => {
    expect([...encodeFrame('{"ü":1}', bytes(1, 2))]).toEqual([
      14, 0, 0, 0, 8, 0, 0, 0, 0x7b, 0x22, 0xc3, 0xbc, 0x22, 0x3a, 0x31, 0x7d, 1, 2,
    ]);
  });

  test.each([
    ["{}", bytes()],
    ["", bytes()],
    ["", bytes(0, 255)],
    ['{"text":"日本語 🐍 \\u0000"}', bytes(...Array(300).keys())],
  ])("comes back as it was: %s", (json, payload) => {
    expect(read([encodeFrame(json, payload)])).toEqual([[json, [...payload]]]);
  });

  test("has no bytes unless it is given some", () => {
    expect([...encodeFrame("{}")]).toEqual([...encodeFrame("{}", bytes())]);
  });

  test("is nothing when it is too short for its lengths", () => {
    for (const rest of [bytes(), bytes(0), bytes(0, 0, 0), bytes(1, 0, 0, 0), bytes(255, 255, 255, 255, 1)])
      expect(decodeFrame(rest)).toBeNull();
  });
});

describe("a reader", () => {
  const first = encodeFrame('{"a":"é"}', bytes(1, 2, 3));
  const second = encodeFrame("{}");
  const both = [
    ['{"a":"é"}', [1, 2, 3]],
    ["{}", []],
  ] satisfies [string, number[]][];

  test("gives the same frames wherever the stream is cut", () => {
    const stream = joined(first, second);
    for (let cut = 0; cut <= stream.length; cut++)
      expect(read([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(both);
  });

  test("gives frames that come byte by byte", () => {
    expect(read([...joined(first, second)].map((byte) => bytes(byte)))).toEqual(both);
  });

  test("gives all frames of one chunk, and each as soon as it is whole", () => {
    expect(read([joined(first, second, first)])).toEqual([...both, ...both.slice(0, 1)]);
    const reader = new FrameReader(MAXIMUM);
    expect(read([joined(first, second.subarray(0, 5))], reader)).toEqual(both.slice(0, 1));
    expect(read([second.subarray(5)], reader)).toEqual(both.slice(1));
  });

  test("is not confused by a chunk that is a part of a larger buffer", () => {
    const buffer = joined(bytes(9, 9, 9, 9, 9), first, bytes(9, 9));
    expect(read([buffer.subarray(5, 5 + first.length)])).toEqual(both.slice(0, 1));
  });

  test("takes a frame of the greatest length, and none above it", () => {
    const largest = encodeFrame("", new Uint8Array(MAXIMUM - 4));
    expect(read([largest])).toHaveLength(1);
    const above = encodeFrame("", new Uint8Array(MAXIMUM - 3));
    expect(() => read([above])).toThrow(new FrameError("a frame of 1025 bytes, above 1024"));
  });

  test("refuses a length that is too great before any of it has come", () => {
    expect(() => read([bytes(255, 255, 255, 255)])).toThrow(new FrameError("a frame of 4294967295 bytes, above 1024"));
    expect(() => read([bytes(0, 0, 0, 128)])).toThrow(new FrameError("a frame of 2147483648 bytes, above 1024"));
  });

  test.each([
    ["a JSON longer than the frame", frameOf(6, 3, text("{}"))],
    ["a JSON of the greatest length", frameOf(6, 0xffffffff, text("{}"))],
    ["no room for the second length", bytes(3, 0, 0, 0, 0, 0, 0)],
    ["no length at all", bytes(0, 0, 0, 0)],
  ])("refuses a frame that contradicts itself: %s", (_, stream) => {
    expect(() => read([stream])).toThrow(new FrameError("a frame whose lengths disagree"));
  });

  test("gives JSON that is no UTF-8 with replacement characters, for the parser to refuse", () => {
    expect(read([frameOf(6, 2, bytes(0xff, 0xfe))])).toEqual([["\ufffd\ufffd", []]]);
  });

  test("throws nothing but FrameError on 20000 random streams, however they are cut", () => {
    const random = generator(20260117);
    const outcomes = { frames: 0, refused: 0 };
    for (let round = 0; round < 20_000; round++) {
      const reader = new FrameReader(MAXIMUM);
      const stream = randomStream(random);
      try {
        for (let at = 0; at < stream.length; ) {
          const end = at + 1 + (random() % 24);
          for (const frame of reader.push(stream.subarray(at, end))) {
            outcomes.frames += 1;
            expect(frame.bytes.length).toBeLessThanOrEqual(MAXIMUM);
          }
          at = end;
        }
      } catch (error) {
        if (!(error instanceof FrameError)) throw new Error(`round ${round}: [${stream}]`, { cause: error });
        outcomes.refused += 1;
      }
    }
    // Both happen often enough for the test to mean something.
    expect(outcomes.frames).toBeGreaterThan(5_000);
    expect(outcomes.refused).toBeGreaterThan(5_000);
  });
});

/** Honest frames, some with bytes changed, cut off or put in between. */
function randomStream(random: () => number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let count = random() % 4; count >= 0; count--) {
    const frame = encodeFrame("x".repeat(random() % 20), new Uint8Array(random() % 20));
    if (random() % 3 === 0) frame[random() % frame.length] = random() % 256;
    if (random() % 8 === 0) parts.push(frame.subarray(0, random() % frame.length));
    else parts.push(frame);
    if (random() % 8 === 0) parts.push(bytes(...Array.from({ length: random() % 6 }, () => random() % 256)));
  }
  return joined(...parts);
}

/** Marsaglia's xorshift: the same numbers on every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
