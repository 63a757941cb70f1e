import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { ByteReader } from "./byte-reader.ts";

/** Lines of a header as they came or go, in order and with repetitions. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

export interface HttpRequest {
  readonly method: string;
  /** As it came: a path, or an absolute URL when the client takes this for a proxy. */
  readonly target: string;
  readonly version: string;
  readonly headers: HeaderLines;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers?: HeaderLines;
  readonly body?: string | Uint8Array;
}

/** One request on a connection, and the ways to answer it, down to the bare socket. */
export class HttpExchange {
  /** Whether the connection is fit for another request. */
  keepsAlive: boolean;
  #body: Promise<Uint8Array<ArrayBuffer>> | undefined;

  constructor(
    readonly request: HttpRequest,
    readonly socket: Socket,
    private readonly reader: ByteReader,
    /** 1 for the connection's first. */
    readonly number: number,
  ) {
    const connection = this.header("connection")?.toLowerCase() ?? "";
    this.keepsAlive = request.version === "HTTP/1.1" ? connection !== "close" : connection === "keep-alive";
  }

  get url(): URL {
    return new URL(this.request.target, "http://origin.test");
  }

  header(name: string): string | undefined {
    return this.request.headers.find(([other]) => other.toLowerCase() === name)?.[1];
  }

  /** The whole body; a client that waits to be told so is told to send it. */
  body(): Promise<Uint8Array<ArrayBuffer>> {
    this.#body ??= this.#readBody();
    return this.#body;
  }

  async respond({ status, headers = [], body = "" }: HttpResponse): Promise<void> {
    await this.body();
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    const bodiless = status === 204 || status === 304;
    this.start(status, [...headers, ...(bodiless ? [] : [["Content-Length", `${bytes.length}`] as const])]);
    if (!bodiless && this.request.method !== "HEAD") await this.write(bytes);
  }

  async respondJson(value: unknown, headers: HeaderLines = []): Promise<void> {
    const body = JSON.stringify(value);
    await this.respond({ status: 200, headers: [["Content-Type", "application/json"], ...headers], body });
  }

  /** The status line and the headers; what follows is the caller's. */
  start(status: number, headers: HeaderLines): void {
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const closing = this.keepsAlive ? "" : "Connection: close\r\n";
    this.socket.write(
      Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Unknown"}\r\n${lines}${closing}\r\n`, "latin1"),
    );
  }

  async chunk(bytes: Uint8Array | string): Promise<void> {
    const chunk = Buffer.from(bytes);
    await this.write(Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]));
  }

  /** Waits until the connection takes more; a connection that is gone takes everything. */
  async write(bytes: Uint8Array | string): Promise<void> {
    if (this.socket.destroyed || bytes.length === 0 || this.socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      this.socket.once("drain", resolve);
      this.socket.once("close", resolve);
    });
  }

  async #readBody(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.header("expect") === "100-continue") this.socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    if (this.header("transfer-encoding")?.toLowerCase() !== "chunked")
      return this.reader.exactly(Number(this.header("content-length") ?? 0));
    const chunks: Uint8Array[] = [];
    for (;;) {
      const length = Number.parseInt(await this.reader.line(), 16);
      if (length > 0) chunks.push(await this.reader.exactly(length));
      await this.reader.line();
      if (!(length > 0)) return new Uint8Array(Buffer.concat(chunks));
    }
  }
}
