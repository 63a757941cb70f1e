import type { Socket } from "node:net";
import { ByteReader } from "./byte-reader.ts";
import { HttpExchange, type HttpRequest } from "./http-exchange.ts";

export type HttpHandler = (exchange: HttpExchange) => Promise<void>;

/**
 * Answers the requests of one connection in turn. It is our own HTTP rather than a library's, since a test needs to
 * see requests as they came and to send answers that no library would.
 */
export async function serveHttp(socket: Socket, handler: HttpHandler): Promise<void> {
  const reader = new ByteReader(socket);
  try {
    for (let number = 1; ; number++) {
      // The first byte of TLS, most likely.
      if ((await reader.peek()) < 0x20) return void socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
      const exchange = new HttpExchange(await readRequest(reader), socket, reader, number);
      await handler(exchange);
      if (exchange.keepsAlive) continue;
      socket.end();
      return;
    }
  } catch {
    // The client has gone, or talks something else.
    socket.destroy();
  }
}

export async function readRequest(reader: ByteReader): Promise<HttpRequest> {
  const [method, target, version] = (await reader.line()).split(" ");
  if (method === undefined || target === undefined || version === undefined) throw new Error("no request line");
  const headers: [string, string][] = [];
  for (let line = await reader.line(); line !== ""; line = await reader.line()) {
    const colon = line.indexOf(":");
    headers.push([line.slice(0, colon), line.slice(colon + 1).trim()]);
  }
  return { method, target, version, headers };
}
