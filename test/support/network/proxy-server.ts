import { connect, createServer, type Socket } from "node:net";
import { ByteReader } from "./byte-reader.ts";
import { readRequest } from "./http-connection.ts";
import type { HttpRequest } from "./http-exchange.ts";
import { type Listening, listening } from "./listening.ts";

/**
 * A proxy for CONNECT and for absolute URLs, which demands a login when given one as "user:password". Asked as a server
 * itself, it tells what it was asked for since the last time: /asked.
 */
export class ProxyServer implements AsyncDisposable {
  readonly asked: string[] = [];

  private constructor(private readonly server: Listening) {}

  static async start(login?: string): Promise<ProxyServer> {
    const server = createServer((socket) => void proxy.#serve(socket, login).catch(() => socket.destroy()));
    const proxy: ProxyServer = new ProxyServer(await listening(server));
    return proxy;
  }

  get port(): number {
    return this.server.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }

  async #serve(socket: Socket, login: string | undefined): Promise<void> {
    const reader = new ByteReader(socket);
    const request = await readRequest(reader);
    if (request.target === "/asked") return void socket.end(message("200 OK", JSON.stringify(this.asked.splice(0))));
    const given = headerOf(request, "proxy-authorization");
    if (login !== undefined && given !== `Basic ${btoa(login)}`) {
      this.asked.push(`407 ${request.method} ${request.target}`);
      return void socket.end(message("407 Proxy Authentication Required", "who are you?\n", CHALLENGE));
    }
    this.asked.push(`${request.method} ${request.target}`);
    const target = request.method === "CONNECT" ? new URL(`http://${request.target}`) : new URL(request.target);
    const onward = connect(Number(target.port || 80), target.hostname);
    onward.on("error", () => socket.end(message("502 Bad Gateway", "nobody there\n")));
    onward.on("connect", () => {
      if (request.method === "CONNECT") socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      else onward.write(forwarded(request, target));
      join(socket, onward, reader.rest());
    });
  }
}

const CHALLENGE = 'Proxy-Authenticate: Basic realm="proxy"\r\n';

function message(status: string, body: string, headers = ""): string {
  return `HTTP/1.1 ${status}\r\n${headers}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
}

function headerOf({ headers }: HttpRequest, name: string): string | undefined {
  return headers.find(([other]) => other.toLowerCase() === name)?.[1];
}

/** One request a connection is enough here. */
function forwarded({ method, headers }: HttpRequest, target: URL): string {
  const kept = headers.filter(([name]) => !/^(?:proxy-.*|connection|keep-alive)$/i.test(name));
  const lines = [...kept, ["Via", "1.1 proxy.test"], ["Connection", "close"]];
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `${method} ${target.pathname}${target.search} HTTP/1.1\r\n${head}\r\n`;
}

function join(socket: Socket, onward: Socket, first: Uint8Array): void {
  if (first.length > 0) onward.write(first);
  socket.removeAllListeners("data");
  socket.pipe(onward);
  onward.pipe(socket);
  socket.on("close", () => onward.destroy());
  onward.on("close", () => socket.destroy());
}
