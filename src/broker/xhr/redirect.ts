import type { HopAnswer, HopRequest } from "./hop.ts";
import { headerOf, withoutHeaders } from "./request-headers.ts";

/** The fetch standard's limit. */
export const MOST_REDIRECTS = 20;

/** Where an answer sends its request, made as the fetch standard has it; null for an answer that is none such. Throws. */
export function redirectOf(request: HopRequest, { status, headers }: HopAnswer): HopRequest | null {
  const location = REDIRECTS.has(status) ? headerOf(headers, "location") : undefined;
  if (location === undefined) return null;
  const url = URL.parse(location, request.url.href);
  if (url === null) throw new Error(`redirected to what is no URL: ${location}`);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new Error(`redirected to a ${url.protocol} URL`);
  if (url.hash === "") url.hash = request.url.hash;
  const isOtherOrigin = url.origin !== request.url.origin;
  const kept = isOtherOrigin ? withoutHeaders(request.headers, CREDENTIALS) : request.headers;
  if (!becomesGet(status, request.method)) return { ...request, url, headers: kept, body: again(request) };
  return { method: "GET", url, headers: withoutHeaders(kept, ABOUT_BODY), body: null };
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const CREDENTIALS = new Set(["authorization", "cookie"]);
const ABOUT_BODY = new Set(["content-encoding", "content-language", "content-location", "content-type"]);

function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return (status === 301 || status === 302) && method === "POST";
}

function again({ body }: HopRequest): HopRequest["body"] {
  if (body?.canBeSent === false) throw new Error("redirected with a body that is too large to be sent again");
  return body;
}
