import type { ClientRequest, IncomingMessage } from "node:http";
import XMLHttpRequest from "xmlhttprequest-ssl";
import { hopAgent } from "./hop-agent.ts";
import type { RequestBody } from "./request-body.ts";
import type { XhrNetwork } from "./xhr-network.ts";

/** A request without its redirects. */
export interface HopRequest {
  readonly method: string;
  readonly url: URL;
  /** As they go out, each name once. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: RequestBody | null;
}

/** What a server has answered; its body is to be read, or the hop disposed of. */
export interface HopAnswer extends Disposable {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: IncomingMessage;
}

/**
 * Sends one request by xmlhttprequest-ssl's asynchronous mode; its synchronous one would start a process and never yield.
 * Rejects with whatever has failed. Three things of the package's are gone around, all through its request and response:
 * - it would follow a redirect past the agent, by a connection that nobody has checked, with the old request's
 *   credentials: it sees no status of a redirect, and the caller follows;
 * - it would hold the whole answer in memory before it shows any of it, then look for a charset in time that is the square
 *   of what a server sends as a type: it sees no body, and the caller reads;
 * - it takes a body only in one piece, and as text for the `Content-Type`: it is given none, and the body is written here.
 */
export function sendHop(hop: HopRequest, network: XhrNetwork, signal: AbortSignal): Promise<HopAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HopAnswer>();
  let failure: Error | null = null;
  let sent: ClientRequest | null = null;
  let isAnswered = false;
  const connections = hopAgent(hop.url.protocol === "https:", network, {
    onRequest: (request) => {
      sent = request;
      prepare(request, hop);
    },
    onResponse: (response) => {
      const { statusCode = 0, statusMessage = "" } = response;
      isAnswered = true;
      hideFromPackage(response);
      resolve({
        status: statusCode,
        statusText: statusMessage,
        headers: pairs(response.rawHeaders),
        body: response,
        [Symbol.dispose]: end,
      });
    },
    onError: (error) => (failure ??= error),
    onClose: () => {
      if (!isAnswered) end();
    },
  });
  const xhr = new XMLHttpRequest({
    agent: connections.agent,
    maxRedirects: 0,
    allowFileSystemResources: false,
    syncPolicy: "disabled",
    // Its list of headers is not the standard's; `requestHeaders` has that.
    disableHeaderCheck: true,
  });
  function end(): void {
    signal.removeEventListener("abort", end);
    reject(signal.aborted ? signal.reason : (failure ?? new Error("the server answered with what is no answer")));
    // Its own abort() fails when an error comes after it.
    sent?.destroy();
    connections[Symbol.dispose]();
  }
  xhr.onerror = () => {
    // A server may answer before it has all of the body, and take no more: the answer counts.
    if (isAnswered) return;
    failure ??= new Error(xhr.statusText ?? "");
    end();
  };
  signal.addEventListener("abort", end, { once: true });
  try {
    signal.throwIfAborted();
    send(xhr, hop);
  } catch (error) {
    failure ??= error as Error;
    end();
  }
  return promise;
}

function send(xhr: XMLHttpRequest, { method, url, headers }: HopRequest): void {
  xhr.open(method, url.href, true);
  for (const [name, value] of headers) xhr.setRequestHeader(name, value);
  xhr.send(null);
}

/** The package ends the request at once; what is written before that is the body. */
function prepare(request: ClientRequest, { method, body }: HopRequest): void {
  // Servers want to know that there is none; the package says so for POST alone.
  if (body === null && method === "PUT") request.setHeader("Content-Length", 0);
  if (body === null) return;
  request.setHeader("Content-Length", body.bytes);
  Object.defineProperty(request, "end", {
    configurable: true,
    value: () => {
      // The method of its class is behind it.
      delete (request as Partial<ClientRequest>).end;
      body.sendTo(request);
      return request;
    },
  });
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

function hideFromPackage(response: IncomingMessage): void {
  if (REDIRECTS.has(response.statusCode ?? 0)) Object.defineProperty(response, "statusCode", { value: 200 });
  // It would listen for data, the end and errors, at once; who reads the body listens later.
  response.on("error", () => {});
  Object.defineProperty(response, "on", { configurable: true, value: () => response });
  queueMicrotask(() => delete (response as Partial<IncomingMessage>).on);
}

function pairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index] ?? "", raw[2 * index + 1] ?? ""]);
}
