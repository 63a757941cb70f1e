import { createServer, type Socket } from "node:net";

export interface RawRequest {
  readonly path: string;
  /** By lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  /** How many came before it. */
  readonly index: number;
  /** Where its Range begins; 0 without one. */
  readonly start: number;
}

/** What goes back over the connection; it may hold any lie. */
export interface RawAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  /** Sent one after another, with a pause in between. */
  readonly body?: readonly Uint8Array[];
  readonly pauseMs?: number;
  /** What happens to the connection then. */
  readonly ending?: "keep" | "close" | "reset" | "stall";
}

/** A web server on this machine that answers exactly what it is told to. */
export interface RawServer extends AsyncDisposable {
  /** Ends with a slash. */
  readonly url: string;
  readonly port: number;
  readonly requests: readonly RawRequest[];
  /** Of bodies, as far as they were handed to the connection. */
  readonly sentBytes: number;
}

export async function startRawServer(answer: (request: RawRequest) => RawAnswer): Promise<RawServer> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const sent = { bytes: 0 };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    let text = "";
    socket.on("data", (data) => {
      text += data.toString("latin1");
      for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
        const request = parseRequest(text.slice(0, end), requests.length);
        text = text.slice(end + 4);
        requests.push(request);
        void send(socket, answer(request), sent);
      }
    });
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    requests,
    get sentBytes() {
      return sent.bytes;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** The whole of it, or what a Range asks for. */
export function served(bytes: Uint8Array, { start }: RawRequest, headers: RawAnswer["headers"] = {}): RawAnswer {
  const part = bytes.subarray(start);
  const range = { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
  return {
    status: start > 0 ? 206 : 200,
    headers: { "content-length": part.length, ...(start > 0 ? range : {}), ...headers },
    body: [part],
  };
}

function parseRequest(text: string, index: number): RawRequest {
  const [first = "", ...lines] = text.split("\r\n");
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const start = Number(/^bytes=(\d+)-$/.exec(headers.get("range") ?? "")?.[1] ?? 0);
  return { path: first.split(" ")[1] ?? "", headers, index, start };
}

async function send(socket: Socket, answer: RawAnswer, sent: { bytes: number }): Promise<void> {
  const { status = 200, headers = {}, body = [], pauseMs = 0 } = answer;
  const length = body.reduce((sum, part) => sum + part.length, 0);
  const sizes = "transfer-encoding" in headers ? {} : { "content-length": length };
  const lines = Object.entries({ ...sizes, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} Status\r\n${lines.join("")}\r\n`);
  for (const part of body) {
    if (socket.destroyed) return;
    const drained = Promise.withResolvers<void>();
    socket.write(part, () => drained.resolve());
    sent.bytes += part.length;
    await drained.promise;
    await Bun.sleep(pauseMs);
  }
  if (answer.ending === "close") socket.end();
  if (answer.ending === "reset") socket.resetAndDestroy();
}
