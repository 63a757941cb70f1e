import { lstat, mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { extract, type Headers } from "tar-stream";
import unbzip2 from "unbzip2-stream";
import { WomaError } from "../../errors.ts";
import type { PackageFile } from "../package-file.ts";
import type { ProgressListener } from "../progress.ts";
import { archiveBytes } from "./archive-bytes.ts";

export interface ArchiveWork {
  /** A path, or an http, https or file URL. */
  readonly place: string;
  /** What is wanted of it. */
  readonly files: readonly PackageFile[];
  /** For one member at a time: about as large as the largest file. */
  readonly temporaryDirectory: string;
  /** Verifies a file that now lies under its name at this mirror, a file URL, and keeps it. */
  readonly keep: (file: PackageFile, mirror: string) => Promise<void>;
  readonly progress: ProgressListener;
  readonly signal: AbortSignal;
}

/**
 * Takes files out of Pyodide's release archive, a tar.bz2, while it comes; it is read no further than the last of
 * them. Those that it does not have are returned. Throws WomaError when it cannot be had or read.
 */
export async function takeFromArchive(work: ArchiveWork): Promise<readonly PackageFile[]> {
  const wanted = new Map(work.files.map((file) => [file.fileName, file]));
  if (wanted.size === 0) return [];
  await mkdir(work.temporaryDirectory, { recursive: true });
  if (!(await lstat(work.temporaryDirectory)).isDirectory()) {
    throw new WomaError(`cannot use ${work.temporaryDirectory}: it is a link`, { hint: "take the link away" });
  }
  const directory = await mkdtemp(join(work.temporaryDirectory, "archive-"));
  try {
    for await (const member of members(work.place, work)) {
      const file = wanted.get(basename(member.header.name));
      if (file === undefined || member.header.type !== "file") {
        member.resume();
        continue;
      }
      const path = join(directory, file.fileName);
      await writeMember(path, member, work.signal);
      await work.keep(file, `${pathToFileURL(directory).href}/`);
      await rm(path);
      wanted.delete(file.fileName);
      if (wanted.size === 0) break;
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return [...wanted.values()];
}

type Member = AsyncIterable<Uint8Array> & { readonly header: Headers; resume(): void };

async function* members(place: string, options: Pick<ArchiveWork, "progress" | "signal">): AsyncGenerator<Member> {
  const members = extract();
  const stopped = new AbortController();
  const signal = AbortSignal.any([options.signal, stopped.signal]);
  const feeding = feed(members, decompressed(archiveBytes(place, { ...options, signal }))).catch((error: Error) => {
    members.destroy(error);
  });
  try {
    for await (const member of members) yield member as Member;
  } catch (cause) {
    options.signal.throwIfAborted();
    if (cause instanceof WomaError) throw cause;
    throw new WomaError(`${place} cannot be read as a tar.bz2 archive: ${(cause as Error).message}`, {
      hint: "what came before the damage is kept; get the archive again, or leave --archive out to fetch file by file",
      cause,
    });
  } finally {
    stopped.abort();
    members.destroy();
    await feeding;
  }
}

async function feed(members: ReturnType<typeof extract>, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of bytes) {
    if (members.destroyed) return;
    if (members.write(chunk)) continue;
    const { promise, resolve } = Promise.withResolvers<void>();
    members.once("drain", resolve).once("close", resolve);
    await promise;
  }
  members.end();
}

/** The decoder works while it is written to, and has no promises. */
async function* decompressed(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = unbzip2();
  const ready: Uint8Array[] = [];
  const failures: Error[] = [];
  decoder.on("data", (block: Uint8Array) => ready.push(block));
  decoder.on("error", (error: Error) => failures.push(error));
  let total = 0;
  const takeReady = () => {
    // The decoder's own words are jokes.
    if (failures[0] !== undefined) throw new Error("its data is damaged or ends too soon", { cause: failures[0] });
    const blocks = ready.splice(0);
    total += blocks.reduce((sum, { length }) => sum + length, 0);
    if (total > LARGEST_ARCHIVE_BYTES) throw new Error("it unpacks to more than any release");
    return blocks;
  };
  for await (const chunk of compressed) {
    decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    yield* takeReady();
  }
  decoder.end();
  yield* takeReady();
}

/** Several times what a release has. */
const LARGEST_ARCHIVE_BYTES = 8 * 1024 ** 3;

async function writeMember(path: string, member: Member, signal: AbortSignal): Promise<void> {
  await using output = await open(path, "wx");
  for await (const chunk of member) {
    signal.throwIfAborted();
    await output.writeFile(chunk);
  }
}
