import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inflateRawSync } from "node:zlib";
import { sha256Of } from "../archive/verify.ts";
import { readZip } from "../archive/zip.ts";
import type { ReadAt, ZipEntry } from "../archive/zip-entry.ts";
import { ZipFormatError } from "../archive/zip-format-error.ts";
import { SourceFailure } from "../download/source-failure.ts";
import type { IndexedFile } from "./index-page.ts";
import { get, TooLongFailure } from "./index-request.ts";
import type { IndexAccess } from "./simple-index.ts";

/** The METADATA of a wheel that has to be fetched whole, of which all that is given has come already. */
export type WholeWheel = (received: Uint8Array | null) => Promise<Uint8Array>;

/**
 * A wheel's METADATA without its description: the file beside the wheel when the index has one, else what lies in the
 * wheel, of which only parts are fetched where the server gives parts; `whole` is asked where it does not, and null
 * when nobody keeps the wheel. Nothing of it is trusted. Throws SourceFailure, and what `whole` does.
 */
export async function wheelMetadata(
  file: Pick<IndexedFile, "url" | "metadata">,
  access: IndexAccess & { readonly maximumWheelBytes: number },
  whole: WholeWheel | null,
): Promise<Uint8Array> {
  const url = new URL(file.url);
  url.hash = "";
  if (url.protocol === "file:") return headersOf(readLocal(fileURLToPath(url)));
  if (access.offline) throw new SourceFailure("is not asked under --offline");
  const separate = file.metadata === null ? null : await separateMetadata(url, file.metadata.sha256, access);
  if (separate !== null) return headersOf(separate);
  try {
    const maximumBytes = whole === null ? access.maximumWheelBytes : MOST_AT_ONCE_BYTES;
    return headersOf(await remoteMetadata(url, access, { maximumBytes, partsOnly: whole !== null }));
  } catch (error) {
    if (whole === null) throw error;
    if (error instanceof NoParts) return whole(error.received);
    if (error instanceof TooLongFailure) return whole(null);
    throw error;
  }
}

/** More of a wheel is not kept in memory where it can be kept on a disk. */
const MOST_AT_ONCE_BYTES = 4 * 1024 * 1024;

/** The server has answered with all of the wheel. */
class NoParts extends SourceFailure {
  constructor(readonly received: Uint8Array) {
    super("gives no parts of its files");
  }
}

/** The METADATA among an archive's members. Throws SourceFailure. */
export function metadataAmong(entries: readonly ZipEntry[], read: ReadAt): Uint8Array {
  const entry = entries.find(({ name }) => /^[^/]+\.dist-info\/METADATA$/.test(name));
  if (entry === undefined) throw new SourceFailure("has no METADATA in it");
  if (entry.bytes > MAXIMUM_METADATA_BYTES || entry.compressedBytes > MAXIMUM_METADATA_BYTES) {
    throw new SourceFailure(`has METADATA of ${entry.bytes} bytes`);
  }
  const stored = read(entry.dataOffset, entry.compressedBytes);
  if (stored.length !== entry.compressedBytes) throw new SourceFailure("is cut off");
  if (entry.method === 0) return stored;
  try {
    return inflateRawSync(stored, { maxOutputLength: MAXIMUM_METADATA_BYTES });
  } catch {
    throw new SourceFailure("has METADATA that cannot be unpacked");
  }
}

const MAXIMUM_METADATA_BYTES = 8 * 1024 * 1024;

/** What comes after the first empty line is text for people. */
export function headersOf(metadata: Uint8Array): Uint8Array {
  const text = Buffer.from(metadata.buffer, metadata.byteOffset, metadata.byteLength);
  const ends = ["\n\n", "\n\r\n"].map((end) => text.indexOf(end)).filter((at) => at >= 0);
  return ends.length === 0 ? metadata : metadata.subarray(0, Math.min(...ends) + 1);
}

/** Null when it is not there, or not what the page says it is: the wheel has it, too. */
async function separateMetadata(wheel: URL, expected: string | null, access: IndexAccess): Promise<Uint8Array | null> {
  const url = new URL(wheel);
  url.pathname += ".metadata";
  const { status, bytes } = await get(url, { headers: {}, maximumBytes: MAXIMUM_METADATA_BYTES }, access);
  return status === 200 && (expected === null || sha256Of(bytes) === expected) ? bytes : null;
}

function readLocal(path: string): Uint8Array {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    throw new SourceFailure(`cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    const read: ReadAt = (position, length) => {
      const target = new Uint8Array(length);
      return target.subarray(0, readSync(fd, target, 0, length, position));
    };
    return inZip(() => metadataAmong(readZip(read, fstatSync(fd).size), read));
  } finally {
    closeSync(fd);
  }
}

/** A wheel's directory, and before it its METADATA, are at its end. */
const TAIL_BYTES = 128 * 1024;
const PART_BYTES = 32 * 1024;

interface PartsWanted {
  readonly maximumBytes: number;
  /** NoParts is thrown for a whole wheel. */
  readonly partsOnly: boolean;
}

async function remoteMetadata(
  url: URL,
  access: IndexAccess,
  { maximumBytes, partsOnly }: PartsWanted,
): Promise<Uint8Array> {
  const parts: { start: number; bytes: Uint8Array }[] = [];
  const fetchPart = async (range: string) => {
    const headers = { range: `bytes=${range}`, "accept-encoding": "identity" };
    const answer = await get(url, { headers, maximumBytes }, access);
    if (answer.status === 200 && partsOnly) throw new NoParts(answer.bytes);
    if (answer.status === 200) return { start: 0, size: answer.bytes.length, bytes: answer.bytes };
    const [, start, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.headers.get("content-range") ?? "") ?? [];
    if (answer.status !== 206 || size === undefined) throw new SourceFailure(`answered ${answer.status}`);
    return { start: Number(start), size: Number(size), bytes: answer.bytes };
  };
  const tail = await fetchPart(`-${TAIL_BYTES}`);
  parts.push(tail);
  const read: ReadAt = (position, wanted) => {
    const length = Math.max(0, Math.min(wanted, tail.size - position));
    const part = parts.find(({ start, bytes }) => start <= position && position + length <= start + bytes.length);
    if (part === undefined) throw new MissingPart(position, length);
    return part.bytes.subarray(position - part.start, position - part.start + length);
  };
  for (let fetched = 0; ; fetched++) {
    try {
      return inZip(() => metadataAmong(readZip(read, tail.size), read));
    } catch (error) {
      if (!(error instanceof MissingPart) || fetched >= MOST_PARTS) throw error;
      // Headers, names and contents that are read one after another come together.
      const end = Math.min(tail.size, error.position + Math.max(error.length, PART_BYTES)) - 1;
      parts.push(await fetchPart(`${error.position}-${end}`));
    }
  }
}

const MOST_PARTS = 8;

/** A part of the archive that is read before it was fetched. */
class MissingPart extends SourceFailure {
  constructor(
    readonly position: number,
    readonly length: number,
  ) {
    super("does not serve the parts that it is asked for");
  }
}

function inZip<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof ZipFormatError ? new SourceFailure(`is no wheel: ${error.message}`) : error;
  }
}
