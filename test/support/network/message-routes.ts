import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { challenge, checkDigest } from "./http-authentication.ts";
import type { HeaderLines, HttpExchange } from "./http-exchange.ts";
import { multipartParts } from "./multipart.ts";
import { patternBytes } from "./pattern-bytes.ts";
import type { Routes } from "./routes.ts";

/** What a well-behaved server does with a message. */
export const MESSAGE_ROUTES: Routes = {
  hello: (exchange) => exchange.respond({ status: 200, headers: TEXT, body: "Hello, world!\n" }),

  /** The request, as it came. */
  echo: async (exchange) => {
    const { method, target, version, headers } = exchange.request;
    const body = Buffer.from(await exchange.body()).toString("utf8");
    await exchange.respondJson({ method, target, version, headers, body });
  },

  /** Status, with an X-Reason when asked for by ?reason=. */
  status: (exchange, [status]) =>
    exchange.respond({ status: Number(status), headers: TEXT, body: `status ${status}\n` }),

  /** ?bytes= of a known pattern, or a part of it. */
  big: (exchange) => big(exchange),

  digest: async (exchange) => {
    const body = await exchange.body();
    const sha256 = new Bun.CryptoHasher("sha256").update(body).digest("hex");
    const framing = exchange.header("transfer-encoding") ?? "content-length";
    await exchange.respondJson({ bytes: body.length, sha256, framing });
  },

  chunked: async (exchange) => {
    await exchange.body();
    exchange.start(200, [...TEXT, ["Transfer-Encoding", "chunked"]]);
    for (const piece of ["one, ", "two, ", "three"]) await exchange.chunk(piece);
    await exchange.write("0\r\nX-Trailer: after\r\n\r\n");
  },

  /** Which request of its connection this is. */
  connection: (exchange) => exchange.respondJson({ number: exchange.number }),

  /** As an old server ends a body: by the end of the connection. */
  old: async (exchange) => {
    await exchange.body();
    exchange.keepsAlive = false;
    exchange.socket.write("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end\n");
  },

  repeated: (exchange) =>
    exchange.respond({
      status: 200,
      headers: [...TEXT, ["X-Repeated", "one"], ["X-Repeated", "two"], ["X-Latin", "caf\u00e9"], ["X-Empty", ""]],
      body: "repeated\n",
    }),

  latin: (exchange) =>
    exchange.respond({
      status: 200,
      headers: [["Content-Type", "text/plain; charset=iso-8859-1"]],
      body: Buffer.from("caf\u00e9 \u00fcber\n", "latin1"),
    }),

  utf8: (exchange) =>
    exchange.respond({
      status: 200,
      headers: [["Content-Type", "text/plain; charset=utf-8"]],
      body: "na\u00efve \u65e5\u672c\u8a9e \u{1f600}\n",
    }),

  /** A JSON text in the coding that the path names. */
  encoded: async (exchange, [coding = ""]) => {
    const compress = CODINGS[coding];
    if (compress === undefined) return exchange.respond({ status: 404 });
    const text = JSON.stringify({ coding, text: "again and ".repeat(200) });
    const headers: HeaderLines = [
      ["Content-Type", "application/json"],
      ["Content-Encoding", coding],
    ];
    await exchange.respond({ status: 200, headers, body: compress(Buffer.from(text)) });
  },

  /** Sets a cookie for each of the query's names. */
  "set-cookies": (exchange) => {
    const cookies = [...exchange.url.searchParams].map(
      ([name, value]) => ["Set-Cookie", `${name}=${value}; Path=/`] as const,
    );
    return exchange.respond({ status: 200, headers: [...TEXT, ...cookies], body: "set\n" });
  },

  /** The cookies that came, in alphabetical order. */
  cookies: (exchange) => {
    const cookies = (exchange.header("cookie") ?? "").split("; ").filter((cookie) => cookie !== "");
    return exchange.respondJson(cookies.sort());
  },

  multipart: async (exchange) => {
    const parts = multipartParts(exchange.header("content-type") ?? "", Buffer.from(await exchange.body()));
    await exchange.respondJson(parts);
  },

  /** For Ada with the password "secret", or what the query says. */
  basic: async (exchange) => {
    if (exchange.header("authorization") === `Basic ${btoa("Ada:secret")}`)
      return exchange.respond({ status: 200, headers: TEXT, body: "welcome, Ada\n" });
    await exchange.respond({
      status: 401,
      headers: [...TEXT, ["WWW-Authenticate", 'Basic realm="woma"']],
      body: "who are you?\n",
    });
  },

  "digest-auth": async (exchange) => {
    if (checkDigest(exchange.request.method, exchange.header("authorization"), { user: "Ada", password: "secret" }))
      return exchange.respond({ status: 200, headers: TEXT, body: "welcome, Ada\n" });
    await exchange.respond({
      status: 401,
      headers: [...TEXT, ["WWW-Authenticate", challenge()]],
      body: "who are you?\n",
    });
  },
};

const TEXT: HeaderLines = [["Content-Type", "text/plain"]];

const CODINGS: Readonly<Record<string, (bytes: Buffer) => Uint8Array>> = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
};

async function big(exchange: HttpExchange): Promise<void> {
  const whole = patternBytes(Number(exchange.url.searchParams.get("bytes") ?? 1_000_000));
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(exchange.header("range") ?? "") ?? [];
  const headers: HeaderLines = [
    ["Content-Type", "application/octet-stream"],
    ["Accept-Ranges", "bytes"],
  ];
  if (first === undefined) return exchange.respond({ status: 200, headers, body: whole });
  const end = last === "" ? whole.length : Math.min(whole.length, Number(last) + 1);
  const range = ["Content-Range", `bytes ${first}-${end - 1}/${whole.length}`] as const;
  await exchange.respond({ status: 206, headers: [...headers, range], body: whole.subarray(Number(first), end) });
}
