import { inflateRawSync } from "node:zlib";

/** Bytes of the archive, from `start` up to and without `end`; a negative `start` counts from the archive's end. */
export type ReadRange = (start: number, end?: number) => Promise<{ bytes: Uint8Array; size: number }>;

export interface RemoteEntry {
  readonly name: string;
  read(): Promise<Uint8Array>;
}

/**
 * The files of a zip archive that is somewhere else, each fetched when it is read. For archives without zip64 and
 * encryption; nothing of it is trusted, the caller checks what it read. Format: PKWARE's APPNOTE.TXT 4.3.
 */
export async function remoteZip(read: ReadRange): Promise<RemoteEntry[]> {
  const tail = await read(-LONGEST_TAIL);
  const end = lastIndexOf(tail.bytes, END_OF_DIRECTORY);
  if (end < 0) throw new Error("is no zip archive");
  const view = viewOf(tail.bytes);
  const [length, start] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  const tailStart = tail.size - tail.bytes.length;
  const directory =
    start >= tailStart
      ? tail.bytes.subarray(start - tailStart, start - tailStart + length)
      : (await read(start, start + length)).bytes;
  return [...entries(directory, read)].filter(({ name }) => !name.endsWith("/"));
}

function* entries(directory: Uint8Array, read: ReadRange): Generator<RemoteEntry> {
  const view = viewOf(directory);
  for (let at = 0; at < directory.length; ) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const method = view.getUint16(at + 10, true);
    const compressedBytes = view.getUint32(at + 20, true);
    const position = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(directory.subarray(at + 46, at + 46 + nameLength));
    yield { name, read: () => readEntry(read, position, compressedBytes, method) };
    at += 46 + nameLength + extraLength + commentLength;
  }
}

/** The header before the data has a length that only it tells: enough is asked for at once. */
async function readEntry(read: ReadRange, position: number, compressedBytes: number, method: number) {
  const { bytes } = await read(position, position + LONGEST_HEADER + compressedBytes);
  const view = viewOf(bytes);
  const start = 30 + view.getUint16(26, true) + view.getUint16(28, true);
  const data = bytes.subarray(start, start + compressedBytes);
  if (data.length !== compressedBytes) throw new Error("the archive ends in the middle of a file");
  return method === 0 ? data : new Uint8Array(inflateRawSync(data));
}

function lastIndexOf(bytes: Uint8Array, signature: number): number {
  const view = viewOf(bytes);
  for (let at = bytes.length - 22; at >= 0; at--) if (view.getUint32(at, true) === signature) return at;
  return -1;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

const END_OF_DIRECTORY = 0x06054b50;
/** Of a few thousand files the directory lies in this; one that is longer costs another request. */
const LONGEST_TAIL = 2 ** 20;
const LONGEST_HEADER = 4096;
