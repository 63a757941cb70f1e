import type { Certificate } from "./certificates.ts";

interface Connection {
  readonly path: string;
}

/** /echo says what it is told, in the subprotocol "chat" if offered; the others do what their name says. */
export class WebSocketServer implements AsyncDisposable {
  readonly #server: Bun.Server<Connection>;

  constructor(certificate?: Certificate) {
    this.#server = Bun.serve<Connection>({
      hostname: "127.0.0.1",
      port: 0,
      ...(certificate === undefined ? {} : { tls: { cert: certificate.certificate, key: certificate.key } }),
      fetch: accept,
      websocket: {
        maxPayloadLength: 16 * 1024 * 1024,
        perMessageDeflate: true,
        open: (socket) => void OPENED[socket.data.path]?.(socket),
        message: (socket, message) => void socket.send(message),
      },
    });
  }

  get port(): number {
    return this.#server.port ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }
}

const OPENED: Readonly<Record<string, (socket: Bun.ServerWebSocket<Connection>) => unknown>> = {
  /** Says two things and goodbye. */
  "/close": (socket) => {
    socket.send("first");
    socket.send("second");
    socket.close(4001, "enough");
  },
  "/drop": (socket) => {
    socket.send("first");
    socket.terminate();
  },
  "/ping": (socket) => {
    socket.ping("are you there");
    socket.send("pinged");
  },
  /** 100 numbered messages at once. */
  "/many": (socket) => {
    for (let number = 0; number < 100; number++) socket.send(`${number}`);
    socket.close(1000, "done");
  },
  "/unicode": (socket) => socket.send("na\u00efve \u65e5\u672c\u8a9e \u{1f600}"),
};

function accept(request: Request, server: Bun.Server<Connection>): Response | undefined {
  const { pathname } = new URL(request.url);
  if (pathname === "/refuse") return new Response("not you\n", { status: 403, headers: { "x-why": "because" } });
  if (pathname === "/login" && request.headers.get("authorization") !== `Basic ${btoa("Ada:secret")}`)
    return new Response("who are you?\n", { status: 401 });
  if (pathname === "/moved") {
    const location = new URL("/echo", request.url.replace(/^http/, "ws")).href;
    return new Response(null, { status: 302, headers: { location } });
  }
  const offered = request.headers.get("sec-websocket-protocol")?.split(/, */) ?? [];
  const headers = new Headers({ "X-Own": request.headers.get("x-own") ?? "none" });
  if (offered.includes("chat")) headers.set("Sec-WebSocket-Protocol", "chat");
  if (server.upgrade(request, { data: { path: pathname }, headers })) return undefined;
  return new Response("no websocket\n", { status: 426 });
}
