import { closedPort, LoopbackServer } from "./loopback.ts";

const ALPHABET = Buffer.from("abcdefghijklmnopqrstuvwxyz".repeat(2500));

const SERVICES = {
  /** Gives back what it gets, and ends when it is ended. */
  echo: (host) =>
    LoopbackServer.open((socket) => {
      socket.on("data", (bytes) => {
        if (socket.write(bytes)) return;
        socket.pause();
        socket.once("drain", () => socket.resume());
      });
      socket.on("end", () => socket.end());
    }, host),
  /** Says hello, and ends. */
  greet: (host) =>
    LoopbackServer.open((socket) => {
      socket.end("hello");
      socket.resume();
    }, host),
  /** Breaks a connection off when something comes. */
  reset: (host) => LoopbackServer.open((socket) => void socket.once("data", () => socket.resetAndDestroy()), host),
  /** Takes nothing and says nothing. */
  silent: (host) => LoopbackServer.open((socket) => void socket.pause(), host),
  /** The alphabet, without end. */
  source: (host) =>
    LoopbackServer.open((socket) => {
      const send = () => {
        while (socket.write(ALPHABET));
      };
      socket.on("drain", send);
      send();
    }, host),
} satisfies Record<string, (host: string) => Promise<LoopbackServer>>;

export type ServiceName = keyof typeof SERVICES | "closed";

/** Servers of these kinds, in this order; `closed` is a port where none is. */
export async function openServices(
  names: readonly ServiceName[],
  host = "127.0.0.1",
): Promise<AsyncDisposable & { readonly ports: readonly number[] }> {
  const servers: LoopbackServer[] = [];
  const ports: number[] = [];
  for (const name of names) {
    if (name === "closed") {
      ports.push(await closedPort(host));
      continue;
    }
    const server = await SERVICES[name](host);
    servers.push(server);
    ports.push(server.port);
  }
  return {
    ports,
    [Symbol.asyncDispose]: async () => {
      for (const server of servers) await server[Symbol.asyncDispose]();
    },
  };
}
