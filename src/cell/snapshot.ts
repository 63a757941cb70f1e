import type { TimeZoneSlots } from "./time-zone.ts";

/**
 * A snapshot: the interpreter's memory after it has started, without its empty pages.
 *
 *   u32 magic · u32 length of the header · u64 checksum of what follows · header (JSON) · zeros up to a page ·
 *   the pages of all runs in order
 */
export interface SnapshotHeader {
  /** What the memory was made by; a snapshot fits that build only. */
  readonly buildId: string;
  readonly memoryBytes: number;
  /** Runs of pages that are not all zero: first page, number of pages. */
  readonly runs: readonly (readonly [number, number])[];
  /** Pyodide's own record of the JavaScript objects that the memory refers to. */
  readonly references: unknown;
  readonly timeZoneSlots: TimeZoneSlots | null;
}

/** What a header says besides what the memory shows. */
export type SnapshotFacts = Pick<SnapshotHeader, "buildId" | "references" | "timeZoneSlots">;

const MAGIC = 0x41_4d_4f_57;
const PAGE_BYTES = 4096;
const FIXED_BYTES = 16;
/** Shorter gaps are stored, as a copy costs less than another run. */
const SMALLEST_GAP_PAGES = 2;

export function encodeSnapshot(memory: Uint8Array, facts: SnapshotFacts): Uint8Array {
  const runs = nonZeroRuns(memory);
  const header = new TextEncoder().encode(
    JSON.stringify({ ...facts, memoryBytes: memory.length, runs } satisfies SnapshotHeader),
  );
  const start = Math.ceil((FIXED_BYTES + header.length) / PAGE_BYTES) * PAGE_BYTES;
  const snapshot = new Uint8Array(start + PAGE_BYTES * runs.reduce((sum, [, pages]) => sum + pages, 0));
  const view = new DataView(snapshot.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, header.length, true);
  snapshot.set(header, FIXED_BYTES);
  let at = start;
  for (const [first, pages] of runs) {
    snapshot.set(memory.subarray(first * PAGE_BYTES, (first + pages) * PAGE_BYTES), at);
    at += pages * PAGE_BYTES;
  }
  view.setBigUint64(8, checksum(snapshot), true);
  return snapshot;
}

/** Whether these are the bytes that were written: for a snapshot that has lain on a disk. Takes some 3 ms. */
export function isIntactSnapshot(snapshot: Uint8Array): boolean {
  if (snapshot.length < FIXED_BYTES) return false;
  const view = new DataView(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  return view.getUint32(0, true) === MAGIC && view.getBigUint64(8, true) === checksum(snapshot);
}

function checksum(snapshot: Uint8Array): bigint {
  return BigInt(Bun.hash(snapshot.subarray(FIXED_BYTES)));
}

/** The header; null when these bytes are no snapshot of this build, or not all of one. */
export function readSnapshotHeader(snapshot: Uint8Array, buildId: string): SnapshotHeader | null {
  if (snapshot.length < FIXED_BYTES) return null;
  const view = new DataView(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  const length = view.getUint32(4, true);
  if (view.getUint32(0, true) !== MAGIC || FIXED_BYTES + length > snapshot.length) return null;
  try {
    const header: SnapshotHeader = JSON.parse(
      new TextDecoder().decode(snapshot.subarray(FIXED_BYTES, FIXED_BYTES + length)),
    );
    if (header.buildId !== buildId) return null;
    const pages = header.runs.reduce((sum, [, count]) => sum + count, 0);
    return firstPageOffset(length) + pages * PAGE_BYTES === snapshot.length ? header : null;
  } catch {
    return null;
  }
}

/** Copies the pages into a memory that is large enough and still all zero where the snapshot has nothing. */
export function copySnapshot(snapshot: Uint8Array, header: SnapshotHeader, memory: Uint8Array): void {
  const view = new DataView(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  let at = firstPageOffset(view.getUint32(4, true));
  for (const [first, pages] of header.runs) {
    memory.set(snapshot.subarray(at, at + pages * PAGE_BYTES), first * PAGE_BYTES);
    at += pages * PAGE_BYTES;
  }
}

function firstPageOffset(headerLength: number): number {
  return Math.ceil((FIXED_BYTES + headerLength) / PAGE_BYTES) * PAGE_BYTES;
}

function nonZeroRuns(memory: Uint8Array): [number, number][] {
  const words = new BigUint64Array(memory.buffer, memory.byteOffset, memory.length / 8);
  const wordsPerPage = PAGE_BYTES / 8;
  const runs: [number, number][] = [];
  for (let page = 0; page * PAGE_BYTES < memory.length; page++) {
    if (words.subarray(page * wordsPerPage, (page + 1) * wordsPerPage).every((word) => word === 0n)) continue;
    const last = runs.at(-1);
    if (last !== undefined && page - (last[0] + last[1]) <= SMALLEST_GAP_PAGES) last[1] = page - last[0] + 1;
    else runs.push([page, 1]);
  }
  return runs;
}
