import { open } from "node:fs/promises";
import { describeFileError } from "../cache/cache-error.ts";
import { DiskFailure, type PartialFile } from "../cache/partial-file.ts";
import type { DownloadContext } from "./download-context.ts";
import { download, type Transfer } from "./http-download.ts";
import { OtherBytesFailure, SourceFailure } from "./source-failure.ts";

/**
 * Completes the partial file from one source, and verifies it. Throws SourceFailure when the source does not have it or
 * goes on failing; what has come by then stays, to be gone on with.
 */
export async function transfer(work: Transfer, context: DownloadContext): Promise<void> {
  const fetchRest = work.source.url.protocol === "file:" ? copy : download;
  const first = await fetchRest(work, context);
  if (await isWhole(work)) return;
  // Perhaps what was there before belonged to something else.
  const latest = first.resumed ? await startOver(work, () => fetchRest(work, context)) : first;
  if (await isWhole(work)) return;
  const { bytes } = work.partial;
  const sha256 = await work.partial.sha256();
  await work.partial.restart();
  throw new OtherBytesFailure(sha256, latest.type === null ? `${bytes} bytes` : `${bytes} bytes of ${latest.type}`);
}

async function isWhole({ partial, file }: Transfer): Promise<boolean> {
  return (await partial.sha256()) === file.sha256;
}

async function startOver<T>({ partial }: { partial: PartialFile }, again: () => Promise<T>): Promise<T> {
  await partial.restart();
  return again();
}

const COPIED_AT_ONCE_BYTES = 1024 * 1024;

async function copy(work: Transfer, { run, progress, signal }: DownloadContext) {
  const { file, partial } = work;
  await partial.restart();
  try {
    await using handle = await open(work.source.url);
    const { size } = await handle.stat();
    run.expect(size);
    for await (const chunk of handle.createReadStream({ highWaterMark: COPIED_AT_ONCE_BYTES })) {
      signal.throwIfAborted();
      run.spend(chunk.length);
      await partial.append(chunk);
      progress.received(file, partial.bytes, size);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof DiskFailure) throw error;
    throw new SourceFailure(code === "ENOENT" ? "no such file" : describeFileError(error));
  }
  return { resumed: false, type: null };
}
