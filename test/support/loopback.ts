import { createServer, type Server, type Socket } from "node:net";

/** A server of a test's on 127.0.0.1, or another loopback address, which ends with its connections. */
export class LoopbackServer implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  readonly #present = new Set<Socket>();
  readonly #arrivals: Socket[] = [];
  readonly #expected: ((socket: Socket) => void)[] = [];

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async open(onConnection: (socket: Socket) => void = () => {}, host = "127.0.0.1"): Promise<LoopbackServer> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    await new Promise<void>((listening) => server.listen(0, host, listening));
    const address = server.address();
    const opened = new LoopbackServer(server, typeof address === "object" ? (address?.port ?? 0) : 0);
    server.on("connection", (socket) => opened.#keep(socket, onConnection));
    return opened;
  }

  /** The next connection that nobody has taken. */
  async accept(): Promise<Socket> {
    const arrived = this.#arrivals.shift();
    return arrived ?? new Promise((resolve) => this.#expected.push(resolve));
  }

  /** How many have connected so far and were not taken. */
  get arrivals(): number {
    return this.#arrivals.length;
  }

  /** Resolves when all that have connected have ended their side. */
  async left(): Promise<void> {
    for (const socket of this.#sockets) socket.resume();
    for (let looks = 0; this.#present.size > 0; looks++) {
      if (looks === 400) throw new Error(`${this.#present.size} connections are open still`);
      await Bun.sleep(5);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((closed) => this.server.close(closed));
  }

  #keep(socket: Socket, onConnection: (socket: Socket) => void): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    this.#present.add(socket);
    socket.on("end", () => this.#present.delete(socket));
    socket.on("close", () => {
      this.#present.delete(socket);
      this.#sockets.delete(socket);
    });
    onConnection(socket);
    const expected = this.#expected.shift();
    if (expected === undefined) this.#arrivals.push(socket);
    else expected(socket);
  }
}

/** A port on which nobody listens: one of a server's that has ended. */
export async function closedPort(host = "127.0.0.1"): Promise<number> {
  await using server = await LoopbackServer.open(() => {}, host);
  return server.port;
}

/** All that comes until the end. */
export async function readToEnd(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (bytes: Buffer) => (text += bytes.toString("latin1")));
  await new Promise<void>((resolve) => {
    socket.on("end", resolve);
    socket.on("close", () => resolve());
    socket.resume();
  });
  return text;
}
