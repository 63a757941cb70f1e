import { createReadStream, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { WomaError } from "../../errors.ts";
import { describeFileError } from "../cache/cache-error.ts";
import type { PackageFile } from "../package-file.ts";
import { PYODIDE_VERSION } from "../pin.ts";
import type { ProgressListener } from "../progress.ts";
import { request } from "./http-request.ts";
import { USUAL_PATIENCE } from "./patience.ts";
import { PassingFailure, SourceFailure, StallFailure } from "./source-failure.ts";
import { shownUrl } from "./sources.ts";

interface Reading {
  readonly progress: ProgressListener;
  readonly signal: AbortSignal;
}

/** Where Pyodide's project has the release archive: by its package's own word for the repository. */
export async function releaseArchiveUrl(): Promise<string> {
  const { default: about } = await import("pyodide/package.json", { with: { type: "json" } });
  const repository = about.repository.url.replace(/^git\+/, "").replace(/\.git$/, "");
  return `${repository}/releases/download/${PYODIDE_VERSION}/pyodide-${PYODIDE_VERSION}.tar.bz2`;
}

/** The bytes of an archive from its beginning: a file's, or a server's, which is asked again where it broke off. */
export async function* archiveBytes(place: string, reading: Reading): AsyncGenerator<Uint8Array> {
  const url = /^(?:https?|file):/i.test(place) ? URL.parse(place) : null;
  if (url === null || url.protocol === "file:") yield* fileBytes(url === null ? place : fileURLToPath(url), reading);
  else yield* serverBytes(url, reading);
}

/** As a progress listener knows downloads. */
const ARCHIVE: PackageFile = {
  name: "release archive",
  version: PYODIDE_VERSION,
  fileName: `pyodide-${PYODIDE_VERSION}.tar.bz2`,
  sha256: "",
  origin: "lock",
  url: null,
  bytes: null,
};

async function* fileBytes(path: string, { progress, signal }: Reading): AsyncGenerator<Uint8Array> {
  try {
    const total = statSync(path).size;
    let received = 0;
    for await (const chunk of createReadStream(path, { highWaterMark: READ_AT_ONCE_BYTES, signal })) {
      yield chunk as Uint8Array;
      received += (chunk as Uint8Array).length;
      progress.received(ARCHIVE, received, total);
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw new WomaError(`cannot read the archive ${path}: ${fileReason(cause)}`, {
      hint: "--archive takes a file or a URL",
      cause,
    });
  }
}

function fileReason(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : describeFileError(cause);
}

const READ_AT_ONCE_BYTES = 256 * 1024;

async function* serverBytes(url: URL, { progress, signal }: Reading): AsyncGenerator<Uint8Array> {
  const position = { bytes: 0, etag: null as string | null };
  for (let failures = 0; ; ) {
    const before = position.bytes;
    try {
      for await (const { chunk, total } of answerBytes(url, position, signal)) {
        position.bytes += chunk.length;
        progress.received(ARCHIVE, position.bytes, total);
        yield chunk;
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      failures = position.bytes > before ? 1 : failures + 1;
      if (!(error instanceof PassingFailure) || failures >= error.attemptsOf(USUAL_PATIENCE))
        throw unavailable(url, error);
      await Bun.sleep(error.retryAfterMs ?? USUAL_PATIENCE.firstPauseMs * 2 ** (failures - 1));
    }
  }
}

/** One answer's body, from the position on. */
async function* answerBytes(
  url: URL,
  position: { readonly bytes: number; etag: string | null },
  signal: AbortSignal,
): AsyncGenerator<{ chunk: Uint8Array; total: number | null }> {
  const headers: Record<string, string> = position.bytes === 0 ? {} : { range: `bytes=${position.bytes}-` };
  if (position.bytes > 0 && position.etag !== null) headers["if-range"] = position.etag;
  const response = await request(url, { headers, signal, patience: USUAL_PATIENCE });
  const expected = position.bytes === 0 ? 200 : 206;
  if (response.status !== expected || response.body === null) {
    await response.body?.cancel();
    if (response.status === 429 || response.status >= 500) throw new PassingFailure(`answered ${response.status}`);
    if (response.status === 200) throw new SourceFailure("broke off, and cannot go on where it did");
    throw new SourceFailure(`answered ${response.status}`);
  }
  position.etag = response.headers.get("etag");
  const length = response.headers.get("content-length");
  const end = length === null ? null : position.bytes + Number(length);
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await withoutStall(reader.read());
      if (done) break;
      yield { chunk: value, total: end };
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
  if (end !== null && position.bytes < end) throw new PassingFailure("closed the connection early");
}

async function withoutStall<T>(reading: Promise<T>): Promise<T> {
  const stall = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    stall.reject(new StallFailure(`sent nothing for ${USUAL_PATIENCE.stallMs / 1000} s`));
  }, USUAL_PATIENCE.stallMs);
  try {
    return await Promise.race([reading, stall.promise]);
  } catch (error) {
    throw error instanceof PassingFailure ? error : new PassingFailure("closed the connection early");
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(url: URL, cause: unknown): WomaError {
  return new WomaError(`cannot fetch the release archive ${shownUrl(url)}: ${(cause as Error).message}`, {
    hint: "look at the network, or name another place with --archive; what was taken out of it so far is kept",
    cause,
  });
}
