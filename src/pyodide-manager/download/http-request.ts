import { connect } from "node:net";
import { noteWait } from "../install-time.ts";
import type { Outlet } from "./outlet.ts";
import type { Patience } from "./patience.ts";
import { PassingFailure, SourceFailure, StallFailure, UnreachableFailure } from "./source-failure.ts";
import { shownUrl } from "./sources.ts";

export interface RequestOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly patience: Patience;
  /** Straight out, with the system's certificates, where it is left out. */
  readonly outlet?: Outlet | undefined;
}

/**
 * The answer to a GET, after redirects, whatever its status. Credentials in the URL are sent as a header, and to no
 * other server. Throws UnreachableFailure, PassingFailure or SourceFailure; the signal's reason when that is aborted.
 */
export async function request(url: URL, options: RequestOptions): Promise<Response> {
  const authorization = authorizationOf(url);
  let target = url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const headers = target.origin === url.origin ? { ...options.headers, ...authorization } : options.headers;
    const response = await answerOf(withoutCredentials(target), headers, options);
    const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
    if (location === null) return response;
    await response.body?.cancel();
    target = redirected(target, location);
  }
  throw new SourceFailure(`redirects more than ${MOST_REDIRECTS} times`);
}

const MOST_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function redirected(from: URL, location: string): URL {
  const target = URL.parse(location, from.href);
  if (target === null || !["http:", "https:"].includes(target.protocol)) {
    throw new SourceFailure(`redirects to ${JSON.stringify(location.slice(0, 200))}`);
  }
  if (from.protocol === "https:" && target.protocol === "http:") {
    throw new SourceFailure(`redirects from https to ${shownUrl(target)}`);
  }
  return target;
}

function authorizationOf({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

function withoutCredentials(url: URL): URL {
  const plain = new URL(url);
  plain.username = plain.password = plain.hash = "";
  return plain;
}

async function answerOf(
  url: URL,
  headers: Readonly<Record<string, string>>,
  options: RequestOptions,
): Promise<Response> {
  const { signal, patience, outlet } = options;
  const impatience = new AbortController();
  const watch = watchForAnswer(outlet?.proxyFor(url) ?? url, patience, (failure) => impatience.abort(failure));
  const trust = url.protocol === "https:" && outlet?.certificates ? { tls: { ca: outlet.certificates } } : {};
  try {
    const either = AbortSignal.any([signal, impatience.signal]);
    return await fetch(url.href, { headers, redirect: "manual", signal: either, ...trust });
  } catch (error) {
    if (signal.aborted) noteWait(signal, url.origin);
    signal.throwIfAborted();
    throw impatience.signal.aborted ? impatience.signal.reason : failureOf(error);
  } finally {
    watch.stop();
  }
}

/** After this, whether anyone is there at all is looked into. */
const SUSPICIOUS_AFTER_MS = 1_000;

/** fetch does not tell a server that is slow to answer from one that is not there; a connection of its own does. */
function watchForAnswer(url: URL, patience: Patience, giveUp: (failure: Error) => void): { stop(): void } {
  const suspiciousMs = Math.min(SUSPICIOUS_AFTER_MS, patience.connectMs / 2);
  const seconds = (ms: number) => `${ms / 1000} s`;
  let isThere = false;
  const probing = setTimeout(() => probe.open(), suspiciousMs);
  const connecting = setTimeout(() => {
    if (!isThere) giveUp(new UnreachableFailure(`no connection within ${seconds(patience.connectMs)}`));
  }, patience.connectMs);
  const answering = setTimeout(() => {
    giveUp(new StallFailure(`no answer within ${seconds(patience.stallMs)}`));
  }, patience.stallMs);
  const probe = makeProbe(url, () => {
    isThere = true;
  });
  return {
    stop: () => {
      for (const timer of [probing, connecting, answering]) clearTimeout(timer);
      probe.close();
    },
  };
}

function makeProbe(url: URL, onConnect: () => void): { open(): void; close(): void } {
  let socket: ReturnType<typeof connect> | undefined;
  return {
    open: () => {
      const host = url.hostname.replace(/^\[|\]$/g, "");
      socket = connect(Number(url.port) || (url.protocol === "https:" ? 443 : 80), host);
      socket.on("connect", () => {
        onConnect();
        socket?.destroy();
      });
      socket.on("error", () => {});
    },
    close: () => void socket?.destroy(),
  };
}

/** By the codes that Bun's fetch gives. */
function failureOf(error: unknown): Error {
  const { code = "no reason" } = error as NodeJS.ErrnoException;
  if (code === "ECONNRESET" || code === "EPIPE") return new PassingFailure("closed the connection");
  const words = UNREACHABLE[code];
  if (words !== undefined) return new UnreachableFailure(words);
  // The message itself may hold the URL.
  const isAboutTrust = /CERT|SIGNATURE|TLS|SSL/.test(code);
  return new SourceFailure(`${isAboutTrust ? "its certificate is not trusted" : "answered no HTTP"} (${code})`);
}

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "no such host",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no network",
  ETIMEDOUT: "no connection",
};
