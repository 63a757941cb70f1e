import { setTimeout } from "node:timers/promises";
import { DiskFailure, type PartialFile } from "../cache/partial-file.ts";
import { noteWait, timeLeftMs } from "../install-time.ts";
import type { PackageFile } from "../package-file.ts";
import type { DownloadContext } from "./download-context.ts";
import { request } from "./http-request.ts";
import { watchPace } from "./pace.ts";
import { type Patience, USUAL_PATIENCE } from "./patience.ts";
import { retryAfterMs } from "./retry-after.ts";
import { PassingFailure, SourceFailure, StallFailure } from "./source-failure.ts";
import type { Source } from "./sources.ts";

/** One file on its way from one source. */
export interface Transfer {
  readonly file: PackageFile;
  readonly source: Source;
  readonly partial: PartialFile;
}

/** How a server has answered. */
export interface Answer {
  /** It has gone on where the partial file ended. */
  readonly resumed: boolean;
  /** Its word for what it sends. */
  readonly type: string | null;
}

/**
 * Receives what is missing of a file, whatever it is; asks again when the connection is lost or the server is busy.
 * Throws SourceFailure.
 */
export async function download(work: Transfer, context: DownloadContext): Promise<Answer> {
  const patience = context.patience ?? USUAL_PATIENCE;
  const session: Session = { ...work, patience, entityTag: null };
  for (let failures = 0; ; ) {
    const before = work.partial.bytes;
    try {
      return await attempt(session, context);
    } catch (error) {
      stopIfAborted(work, context);
      if (!(error instanceof PassingFailure)) throw error;
      // A server may say that there is more than there is.
      if ((await work.partial.sha256()) === work.file.sha256) return { resumed: true, type: null };
      failures = work.partial.bytes - before >= WORTHWHILE_BYTES ? 1 : failures + 1;
      if (failures >= error.attemptsOf(patience)) throw new SourceFailure(`${error.message}, ${failures} times`);
      const pauseMs = error.retryAfterMs ?? patience.firstPauseMs * 2 ** (failures - 1);
      const longestMs = Math.min(patience.longestPauseMs, timeLeftMs(context.signal));
      if (error.retryAfterMs !== null && pauseMs > longestMs) {
        throw new SourceFailure(`${error.message}, and asks to wait ${Math.ceil(pauseMs / 1000)} s`);
      }
      await sleep(pauseMs, context.signal).catch(() => stopIfAborted(work, context));
    }
  }
}

function stopIfAborted({ source }: Transfer, { signal }: DownloadContext): void {
  if (signal.aborted) noteWait(signal, source.url.origin);
  signal.throwIfAborted();
}

/** Throws the signal's reason when it is aborted meanwhile. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal }).catch(() => {});
  signal.throwIfAborted();
}

/** An attempt that brings so much was none in vain. */
const WORTHWHILE_BYTES = 1024 * 1024;

interface Session extends Transfer {
  readonly patience: Patience;
  /** What this server calls the version that the bytes so far are from; null when it did not say, or they are not its. */
  entityTag: string | null;
}

async function attempt(session: Session, context: DownloadContext): Promise<Answer> {
  const { source, patience } = session;
  const giveUp = new AbortController();
  const signal = AbortSignal.any([context.signal, giveUp.signal]);
  const outlet = await context.run.outlet;
  const response = await request(source.url, { headers: headersOf(session), signal, patience, outlet });
  try {
    await checkAnswer(response, session);
    await receive(response, session, { ...context, giveUp: (reason) => giveUp.abort(reason) });
    return { resumed: response.status === PARTIAL_CONTENT, type: response.headers.get("content-type") };
  } catch (error) {
    throw giveUp.signal.aborted ? giveUp.signal.reason : error;
  } finally {
    giveUp.abort();
  }
}

const PARTIAL_CONTENT = 206;
const RANGE_NOT_SATISFIABLE = 416;
const BUSY: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

function headersOf({ partial, entityTag }: Session): Record<string, string> {
  const headers = { "accept-encoding": "identity" };
  if (partial.bytes === 0) return headers;
  const range = { ...headers, range: `bytes=${partial.bytes}-` };
  return entityTag === null ? range : { ...range, "if-range": entityTag };
}

/** Sees to it that the bytes that follow belong at the partial file's end. */
async function checkAnswer(response: Response, session: Session): Promise<void> {
  const { status, headers } = response;
  const { partial } = session;
  if (BUSY.has(status)) throw new PassingFailure(`answered ${status}`, retryAfterMs(headers));
  if (status === RANGE_NOT_SATISFIABLE && partial.bytes > 0) {
    await partial.restart();
    throw new PassingFailure("has no such range", 0);
  }
  if (status !== 200 && status !== PARTIAL_CONTENT) throw new SourceFailure(`answered ${status}`);
  const start = status === PARTIAL_CONTENT ? rangeOf(headers)?.start : 0;
  if (status === PARTIAL_CONTENT && start !== partial.bytes) {
    await partial.restart();
    throw new PassingFailure("answered another range", 0);
  }
  if (status === 200) await partial.restart();
  const tag = headers.get("etag");
  session.entityTag = tag?.startsWith('"') ? tag : null;
}

async function receive(
  response: Response,
  session: Session,
  context: DownloadContext & { giveUp(reason: unknown): void },
): Promise<void> {
  const { partial } = session;
  const total = totalOf(response);
  if (total !== null) context.run.expect(total - partial.bytes);
  if (total === partial.bytes) return;
  const look = observer(session, total, context);
  const keepsPace = watchPace(session.patience, partial.bytes);
  const timer = setInterval(() => {
    try {
      look();
      keepsPace(partial.bytes);
    } catch (error) {
      context.giveUp(error);
    }
  }, LOOKED_EVERY_MS);
  try {
    await partial.receive(response).catch((error) => {
      throw error instanceof DiskFailure ? error : new PassingFailure("closed the connection");
    });
  } finally {
    clearInterval(timer);
    look();
  }
  if (total !== null && partial.bytes < total) throw new PassingFailure("closed the connection");
}

/** Often enough for a progress bar, and to cut off what has no end. */
const LOOKED_EVERY_MS = 25;

/** What is done whenever something may have come; it throws when that is too much, or has been nothing for too long. */
function observer(
  { file, partial, patience }: Session,
  total: number | null,
  { run, progress }: DownloadContext,
): () => void {
  let [seen, since] = [partial.bytes, performance.now()];
  return () => {
    const { bytes } = partial;
    if (bytes === seen) {
      if (performance.now() - since < patience.stallMs) return;
      throw new StallFailure(`sent nothing for ${patience.stallMs / 1000} s`);
    }
    if (file.bytes !== null && bytes > file.bytes) throw new SourceFailure(`sends more than its ${file.bytes} bytes`);
    run.spend(bytes - seen);
    [seen, since] = [bytes, performance.now()];
    progress.received(file, bytes, total ?? file.bytes);
  };
}

/** Of the whole file; null when it does not say, or means the file compressed. */
function totalOf({ status, headers }: Response): number | null {
  if ((headers.get("content-encoding") ?? "identity") !== "identity") return null;
  if (status === PARTIAL_CONTENT) return rangeOf(headers)?.total ?? null;
  const length = headers.get("content-length");
  return length === null ? null : Number(length);
}

function rangeOf(headers: Headers): { start: number; total: number | null } | undefined {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
  return start === undefined ? undefined : { start: Number(start), total: total === "*" ? null : Number(total) };
}
