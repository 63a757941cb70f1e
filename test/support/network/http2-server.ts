import { createSecureServer, type ServerHttp2Stream } from "node:http2";
import type { Certificate } from "./certificates.ts";
import { type Listening, listening } from "./listening.ts";
import { patternBytes } from "./pattern-bytes.ts";

/** A web server that talks HTTP/2 alone: /hello, /echo, /digest, /big?bytes= and /status/N as the other's. */
export function startHttp2Server(certificate: Certificate): Promise<Listening> {
  const server = createSecureServer({ cert: certificate.certificate, key: certificate.key, allowHTTP1: false });
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    const pieces: Buffer[] = [];
    stream.on("error", () => {});
    stream.on("data", (piece: Buffer) => pieces.push(piece));
    stream.on("end", () => answer(stream, headers as Record<string, string>, Buffer.concat(pieces)));
  });
  return listening(server, "secureConnection");
}

function answer(stream: ServerHttp2Stream, headers: Record<string, string>, body: Buffer): void {
  const url = new URL(headers[":path"] ?? "/", "https://origin.test");
  const [, route = "", rest = ""] = url.pathname.split("/");
  const respond = (status: number, type: string, content: string | Uint8Array) => {
    stream.respond({ ":status": status, "content-type": type });
    stream.end(content);
  };
  if (route === "hello") return respond(200, "text/plain", "Hello, world!\n");
  if (route === "status") return respond(Number(rest), "text/plain", `status ${rest}\n`);
  if (route === "big") {
    const bytes = patternBytes(Number(url.searchParams.get("bytes") ?? 1_000_000));
    return respond(200, "application/octet-stream", bytes);
  }
  if (route === "digest") {
    const sha256 = new Bun.CryptoHasher("sha256").update(body).digest("hex");
    return respond(200, "application/json", JSON.stringify({ bytes: body.length, sha256, framing: "HTTP/2" }));
  }
  if (route !== "echo") return respond(404, "text/plain", "no such route\n");
  const { ":method": method, ":path": target } = headers;
  const lines = Object.entries(headers).filter(([name]) => !name.startsWith(":"));
  respond(
    200,
    "application/json",
    JSON.stringify({ method, target, version: "HTTP/2", headers: lines, body: body.toString() }),
  );
}
