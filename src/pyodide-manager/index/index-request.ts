import { sleep } from "../download/http-download.ts";
import { request } from "../download/http-request.ts";
import type { Outlet } from "../download/outlet.ts";
import type { Patience } from "../download/patience.ts";
import { retryAfterMs } from "../download/retry-after.ts";
import { PassingFailure, SourceFailure, StallFailure, UnreachableFailure } from "../download/source-failure.ts";
import type { UnreachableServers } from "../download/unreachable.ts";

/** What all requests to indexes have in common. */
export interface IndexRequests {
  readonly unreachable: UnreachableServers;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  readonly outlet?: Outlet | undefined;
}

export interface IndexAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  /** Where the answer came from in the end; with the credentials of the request when that is the same server. */
  readonly url: URL;
}

/** More came than was wanted, which was given up. */
export class TooLongFailure extends SourceFailure {}

interface Wanted {
  readonly headers: Readonly<Record<string, string>>;
  readonly maximumBytes: number;
}

/**
 * One GET of a page, METADATA or a part of a wheel; repeated a few times while the server is busy. What comes is
 * untrusted, and no longer than `maximumBytes`. Throws SourceFailure, UnreachableFailure for a server that was not
 * there a moment ago either; the signal's reason when that is aborted.
 */
export async function get(url: URL, wanted: Wanted, requests: IndexRequests): Promise<IndexAnswer> {
  const { unreachable, patience, signal } = requests;
  if (unreachable.has(url.origin)) throw new UnreachableFailure("could not be reached a moment ago");
  for (let failures = 0; ; ) {
    try {
      return await attempt(url, wanted, requests);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof UnreachableFailure) unreachable.add(url.origin);
      if (!(error instanceof PassingFailure)) throw error;
      failures += 1;
      const pauseMs = error.retryAfterMs ?? patience.firstPauseMs * 2 ** (failures - 1);
      if (failures >= error.attemptsOf(patience)) throw new SourceFailure(`${error.message}, ${failures} times`);
      await sleep(Math.min(pauseMs, patience.longestPauseMs), signal);
    }
  }
}

const BUSY: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

async function attempt(
  url: URL,
  { headers, maximumBytes }: Wanted,
  { patience, signal, outlet }: IndexRequests,
): Promise<IndexAnswer> {
  const stalling = new AbortController();
  const response = await request(url, {
    headers,
    patience,
    outlet,
    signal: AbortSignal.any([signal, stalling.signal]),
  });
  if (BUSY.has(response.status)) {
    await response.body?.cancel();
    throw new PassingFailure(`answered ${response.status}`, retryAfterMs(response.headers));
  }
  const timer = setTimeout(() => stalling.abort(), patience.stallMs);
  try {
    const bytes = await bodyOf(response, maximumBytes, () => timer.refresh());
    return { status: response.status, headers: response.headers, bytes, url: finalUrl(url, response.url) };
  } catch (error) {
    if (stalling.signal.aborted) throw new StallFailure(`sent nothing for ${patience.stallMs / 1000} s`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function bodyOf(response: Response, maximumBytes: number, onBytes: () => void): Promise<Uint8Array> {
  const tooLong = () => new TooLongFailure(`sends more than ${Math.ceil(maximumBytes / 1e6)} MB`);
  const reader = response.body?.getReader();
  if (Number(response.headers.get("content-length") ?? 0) > maximumBytes) {
    await reader?.cancel();
    throw tooLong();
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (reader !== undefined) {
    const { done, value } = await reader.read().catch(() => {
      throw new PassingFailure("closed the connection");
    });
    if (done) break;
    onBytes();
    length += value.length;
    if (length > maximumBytes) {
      await reader.cancel();
      throw tooLong();
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}

function finalUrl(asked: URL, answered: string): URL {
  const url = URL.parse(answered) ?? new URL(asked);
  if (url.origin === asked.origin) [url.username, url.password] = [asked.username, asked.password];
  return url;
}
