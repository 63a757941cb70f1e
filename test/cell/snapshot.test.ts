import { describe, expect, test } from "bun:test";
import { copySnapshot, encodeSnapshot, isIntactSnapshot, readSnapshotHeader } from "../../src/cell/snapshot.ts";

const PAGE = 4096;
const BUILD = "b".repeat(64);
const facts = { buildId: BUILD, references: { hiwire: ["a", 1, null] }, timeZoneSlots: [8, 16, 24, 32] as const };

/** A memory of so many pages, in which the named ones hold a byte each. */
function memoryOf(pages: number, used: readonly number[]): Uint8Array {
  const memory = new Uint8Array(pages * PAGE);
  for (const page of used) memory[page * PAGE + (page % PAGE)] = page + 1;
  return memory;
}

function restored(snapshot: Uint8Array, bytes: number): Uint8Array {
  const header = readSnapshotHeader(snapshot, BUILD);
  if (header === null) throw new Error("the snapshot is refused");
  const memory = new Uint8Array(bytes);
  copySnapshot(snapshot, header, memory);
  return memory;
}

/** All that a cell asks before it trusts a snapshot that has lain on a disk. */
const isAccepted = (snapshot: Uint8Array) => isIntactSnapshot(snapshot) && readSnapshotHeader(snapshot, BUILD) !== null;

describe("a snapshot", () => {
  test.each([
    ["nothing in it", memoryOf(16, [])],
    ["its first page in use", memoryOf(16, [0])],
    ["its last page in use", memoryOf(16, [15])],
    ["all pages in use", memoryOf(16, Array.from(Array(16).keys()))],
    ["small and large gaps", memoryOf(64, [0, 2, 5, 9, 14, 20, 21, 22, 63])],
    ["a byte at each end of a page", memoryOf(8, []).fill(255, 3 * PAGE - 1, 3 * PAGE + 1)],
    ["one page in all", memoryOf(1, [0])],
  ])("gives back the memory that it was made of: %s", (_, memory) => {
    expect(Buffer.compare(restored(encodeSnapshot(memory, facts), memory.length), memory)).toBe(0);
  });

  test("may be restored into a memory that has grown since", () => {
    const memory = memoryOf(16, [3, 15]);
    const larger = restored(encodeSnapshot(memory, facts), 32 * PAGE);
    expect(Buffer.compare(larger.subarray(0, memory.length), memory)).toBe(0);
    expect(larger.subarray(memory.length).every((byte) => byte === 0)).toBe(true);
  });

  test("holds its facts, the size of the memory and the runs of pages, short gaps included", () => {
    const snapshot = encodeSnapshot(memoryOf(64, [1, 2, 5, 9, 40]), facts);
    expect(readSnapshotHeader(snapshot, BUILD)).toEqual({
      ...facts,
      memoryBytes: 64 * PAGE,
      runs: [
        [1, 5],
        [9, 1],
        [40, 1],
      ],
    });
    expect(snapshot.length).toBe((1 + 7) * PAGE);
    expect(isIntactSnapshot(snapshot)).toBe(true);
  });

  test("has its pages at the start of a page, however long its header is", () => {
    for (const length of [0, 3000, PAGE, 10_000]) {
      const references = "r".repeat(length);
      const snapshot = encodeSnapshot(memoryOf(8, [4]), { ...facts, references });
      expect(snapshot.length % PAGE).toBe(0);
      expect(snapshot.at(-PAGE + 4)).toBe(5);
      expect(readSnapshotHeader(snapshot, BUILD)?.references).toBe(references);
    }
  });

  test("is the same bytes for the same memory", () => {
    const make = () => encodeSnapshot(memoryOf(16, [1, 7]), facts);
    expect(Buffer.compare(make(), make())).toBe(0);
  });

  test("is found in the middle of a larger buffer", () => {
    const snapshot = encodeSnapshot(memoryOf(8, [4]), facts);
    const buffer = new Uint8Array(snapshot.length + 100);
    buffer.set(snapshot, 37);
    const part = buffer.subarray(37, 37 + snapshot.length);
    expect(isAccepted(part)).toBe(true);
    expect(restored(part, 8 * PAGE)[4 * PAGE + 4]).toBe(5);
  });
});

describe("what is no snapshot of this build", () => {
  const good = encodeSnapshot(memoryOf(16, [1, 9]), facts);
  const headerEnd = 16 + new DataView(good.buffer).getUint32(4, true);

  test("is one of another build", () => {
    for (const id of ["", "a".repeat(64), BUILD.slice(1), `${BUILD} `]) expect(readSnapshotHeader(good, id)).toBeNull();
  });

  test("is nothing, and too little", () => {
    for (const length of [0, 1, 7, 8, 15, 16, 17, headerEnd - 1, headerEnd, PAGE - 1, PAGE, good.length - 1]) {
      const part = good.slice(0, length);
      expect([length, readSnapshotHeader(part, BUILD)]).toEqual([length, null]);
      expect([length, isIntactSnapshot(part)]).toEqual([length, false]);
    }
  });

  test("is too much", () => {
    const longer = new Uint8Array(good.length + PAGE);
    longer.set(good);
    expect([readSnapshotHeader(longer, BUILD), isIntactSnapshot(longer)]).toEqual([null, false]);
  });

  test("is one with any bit of its head, its header or its padding flipped", () => {
    for (let at = 0; at < PAGE; at++) {
      const damaged = good.slice();
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      // Neither question may throw, whatever the damage.
      expect([at, isAccepted(damaged)]).toEqual([at, false]);
      readSnapshotHeader(damaged, BUILD);
    }
  });

  test("is one with a byte of its pages flipped", () => {
    for (const at of [PAGE, 2 * PAGE - 1, good.length - 1]) {
      const damaged = good.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 255;
      expect(isAccepted(damaged)).toBe(false);
    }
  });

  test.each(["null", "[]", "7", '""', "{}", `{"buildId":"${BUILD}"}`, `{"buildId":"${BUILD}","runs":7}`, "{"])(
    "is one whose header is %s",
    (json) => {
      const text = new TextEncoder().encode(json);
      const made = new Uint8Array(PAGE);
      made.set(good.subarray(0, 16));
      new DataView(made.buffer).setUint32(4, text.length, true);
      made.set(text, 16);
      expect(readSnapshotHeader(made, BUILD)).toBeNull();
    },
  );

  test("is other bytes of the right size", () => {
    for (const byte of [0, 1, 0x57, 255]) expect(isAccepted(new Uint8Array(good.length).fill(byte))).toBe(false);
  });
});
