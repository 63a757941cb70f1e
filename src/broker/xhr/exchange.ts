import type { Readable } from "node:stream";
import type { RequestOf, XhrHead } from "../../protocol/messages.ts";
import { decodedBody } from "./decoding.ts";
import { type HopRequest, sendHop } from "./hop.ts";
import { MOST_REDIRECTS, redirectOf } from "./redirect.ts";
import type { RequestBody } from "./request-body.ts";
import { headerOf, requestHeaders } from "./request-headers.ts";
import type { XhrNetwork } from "./xhr-network.ts";

/** A request as the program made it, checked. */
export interface ExchangeRequest extends Pick<RequestOf<"xhr">, "method" | "headers" | "redirect" | "rules"> {
  readonly url: URL;
}

export interface Exchanged extends Disposable {
  readonly head: Extract<XhrHead, { kind: "answered" }>;
  readonly body: Readable;
}

/** Sends a request and follows where it is sent on to. Rejects with what has failed. */
export async function exchange(
  given: ExchangeRequest,
  body: RequestBody | null,
  { network, signal }: { readonly network: XhrNetwork; readonly signal: AbortSignal },
): Promise<Exchanged> {
  let request = firstHop(given, body);
  for (let redirects = 0; ; redirects++) {
    const answer = await sendHop(request, network, signal);
    try {
      const next = given.redirect === "manual" ? null : redirectOf(request, answer);
      if (next === null) {
        const { status, statusText } = answer;
        const headers = given.rules === "page" ? answer.headers.filter(isShown) : answer.headers;
        const url = withoutCredentials(request.url);
        return {
          head: { kind: "answered", status, statusText, url, redirected: redirects > 0, headers },
          body: decodedBody(answer, request.method),
          [Symbol.dispose]: answer[Symbol.dispose],
        };
      }
      if (given.redirect === "error") throw new Error("redirected, which the request does not allow");
      if (redirects === MOST_REDIRECTS) throw new Error(`redirected more than ${MOST_REDIRECTS} times`);
      request = next;
    } catch (error) {
      answer[Symbol.dispose]();
      throw error;
    }
    answer[Symbol.dispose]();
  }
}

/** A name and password in the URL become what they stand for. */
function firstHop({ method, url, headers: given, rules }: ExchangeRequest, body: RequestBody | null): HopRequest {
  const headers = requestHeaders(given, rules);
  if ((url.username !== "" || url.password !== "") && headerOf(headers, "authorization") === undefined) {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.set("Authorization", `Basic ${Buffer.from(credentials).toString("base64")}`);
  }
  return { method, url, headers, body };
}

function isShown([name]: readonly [string, string]): boolean {
  return !["set-cookie", "set-cookie2"].includes(name.toLowerCase());
}

function withoutCredentials(url: URL): string {
  return Object.assign(new URL(url), { username: "", password: "", hash: "" }).href;
}
