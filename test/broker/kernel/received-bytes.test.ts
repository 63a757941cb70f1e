import { expect, test } from "bun:test";
import { ReceivedBytes } from "../../../src/broker/kernel/received-bytes.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (given: Uint8Array) => new TextDecoder().decode(given);

test("bytes are given in their order, as many as are wanted, until they are dropped", () => {
  const received = new ReceivedBytes();
  for (const part of ["one ", "two ", "three"]) received.push(bytes(part));
  expect([text(received.first(5)), text(received.first(100)), received.length]).toEqual(["one t", "one two three", 13]);
  received.drop(6);
  expect([text(received.first(3)), received.length]).toEqual(["o t", 7]);
  received.drop(7);
  expect([text(received.first(3)), received.length]).toEqual(["", 0]);
});

test("large pieces are given as they came, without a copy", () => {
  const received = new ReceivedBytes();
  const large = new Uint8Array(200_000).fill(7);
  received.push(large);
  received.push(new Uint8Array(200_000).fill(8));
  expect(received.first(1 << 20).buffer).toBe(large.buffer);
  expect(received.first(1 << 20).length).toBe(200_000);
  received.drop(150_000);
  // What is left of it is small: the next is put behind it.
  expect(received.first(1 << 20).length).toBe(250_000);
});

test("single bytes take no more room than others", () => {
  const received = new ReceivedBytes();
  const before = process.memoryUsage().arrayBuffers;
  for (let index = 0; index < 100_000; index++) received.push(new Uint8Array([index & 0xff]));
  Bun.gc(true);
  const first = received.first(100_000);
  expect(first.every((byte, index) => byte === (index & 0xff))).toBe(true);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 << 20);
});

test("what is cleared is gone", () => {
  const received = new ReceivedBytes();
  received.push(bytes("x"));
  received.clear();
  expect([received.length, received.first(1).length]).toEqual([0, 0]);
});

test("any order of pushes and reads gives the same bytes", () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return seed % below;
  };
  const received = new ReceivedBytes();
  const [expected, got]: [number[], number[]] = [[], []];
  for (let round = 0; round < 3000; round++) {
    const piece = Array.from({ length: random(3) === 0 ? 1 + random(9000) : 1 + random(3) }, () => random(256));
    expected.push(...piece);
    received.push(new Uint8Array(piece));
    const taken = received.first(1 + random(6000));
    got.push(...taken);
    received.drop(taken.length);
  }
  while (received.length > 0) {
    const taken = received.first(70_000);
    got.push(...taken);
    received.drop(taken.length);
  }
  expect(Buffer.compare(Buffer.from(got), Buffer.from(expected))).toBe(0);
});
