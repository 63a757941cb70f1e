import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";

/** What a server was asked. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A web server on this machine that answers by path, and remembers what it was asked. */
export class XhrServer implements AsyncDisposable {
  readonly asked: Asked[] = [];
  /** Requests that were not answered, or whose answer was not taken, to the end. */
  aborted = 0;
  #open = 0;
  /** The most requests that were under way at one time. */
  mostAtOnce = 0;

  private constructor(
    private readonly server: Server,
    private readonly scheme: "http" | "https",
  ) {}

  static async start(certificate?: { readonly key: string; readonly cert: string }): Promise<XhrServer> {
    const server = certificate === undefined ? createServer() : (createSecureServer(certificate) as unknown as Server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const started = new XhrServer(server, certificate === undefined ? "http" : "https");
    const answer: RequestListener = (request, response) => void started.#answer(request, response).catch(() => {});
    server.on("request", answer);
    return started;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path: string, host = "127.0.0.1"): string {
    return `${this.scheme}://${host}:${this.port}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#open += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#open);
    response.on("error", () => {});
    response.on("close", () => {
      this.#open -= 1;
      if (!response.writableFinished) this.aborted += 1;
    });
    const path = request.url ?? "/";
    // Before its body has come.
    if (path === "/early") return void response.writeHead(413, { connection: "close" }).end("too large");
    const body = await buffer(request);
    this.asked.push({ method: request.method ?? "", path, headers: request.headers, body });
    const { pathname, searchParams } = new URL(path, "http://server");
    const [, word = "", argument = ""] = pathname.split("/");
    await (ANSWERS[word] ?? ANSWERS["none"])?.({ request, response, body, argument, searchParams });
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly argument: string;
  readonly searchParams: URLSearchParams;
}

export const LARGE_BODY: Buffer = Buffer.alloc(
  5 * 1024 ** 2,
  Uint8Array.from({ length: 251 }, (_, index) => index),
);

const ANSWERS: Readonly<Record<string, (exchange: Exchange) => unknown>> = {
  none: ({ response }) => response.writeHead(404, { "content-type": "text/plain" }).end("nothing here"),
  hello: ({ response }) => response.writeHead(200, { "content-type": "text/plain; charset=utf-8" }).end("hello, wörld"),
  status: ({ response, argument }) => response.writeHead(Number(argument)).end(`status ${argument}`),
  json: ({ response }) =>
    response.writeHead(200, { "content-type": "application/json" }).end('{"name": "wörld", "list": [1, 2]}'),
  echo: ({ request, response, body }) =>
    response
      .writeHead(200, { "content-type": request.headers["content-type"] ?? "application/octet-stream" })
      .end(body),
  request: ({ request, response, body }) =>
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ method: request.method, headers: request.headers, body: body.toString() })),
  headers: ({ response }) =>
    response
      .writeHead(200, [
        ...["X-One", "1", "X-Two", "a", "X-Two", "b", "Set-Cookie", "first=1; Path=/", "Set-Cookie", "second=2"],
        ...["Content-Type", "text/plain"],
      ])
      .end("headers"),
  large: ({ response }) => response.writeHead(200, { "content-length": LARGE_BODY.length }).end(LARGE_BODY),
  gzip: ({ response }) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("was gzip")),
  br: ({ response }) => response.writeHead(200, { "content-encoding": "br" }).end(brotliCompressSync("was br")),
  deflate: ({ response }) => response.writeHead(200, { "content-encoding": "deflate" }).end(deflateSync("was deflate")),
  twice: ({ response }) =>
    response.writeHead(200, { "content-encoding": "gzip, br" }).end(brotliCompressSync(gzipSync("was both"))),
  damaged: ({ response }) => response.writeHead(200, { "content-encoding": "gzip" }).end("this is no gzip"),
  redirect: ({ response, argument, searchParams }) =>
    response.writeHead(Number(argument), { location: searchParams.get("to") ?? "/hello" }).end("moved"),
  loop: ({ response }) => response.writeHead(302, { location: "/loop" }).end(),
  cookie: ({ request, response }) =>
    response.writeHead(200, { "set-cookie": "session=1" }).end(request.headers.cookie ?? "no cookie"),
  slow: async ({ response, argument }) => {
    await setTimeout(Number(argument));
    response.end("at last");
  },
  silent: () => {},
  /** Promises more than it sends, and goes. */
  cut: async ({ response }) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("the beginning");
    await setTimeout(50);
    response.destroy();
  },
  /** Begins an answer and does not go on. */
  stall: ({ response }) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("the beginning");
  },
  informed: ({ request, response }) => {
    request.socket.write("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
    response.end("after hints");
  },
  upgraded: ({ request }) =>
    request.socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
  headlong: ({ request }) => request.socket.end(`HTTP/1.1 200 OK\r\n${"X-Many: of these\r\n".repeat(10_000)}\r\n`),
  /** Says twice how long it is. */
  ambiguous: ({ request }) =>
    request.socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nabcde"),
  drop: ({ request }) => request.socket.destroy(),
  text: ({ request }) => request.socket.end("this is no HTTP\r\n\r\n"),
};
