import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";

/** A server that listens on a free port of 127.0.0.1. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
}

/** Closing it ends its connections too: programs under test leave some of theirs open. */
export async function listening(server: Server, connectionEvent = "connection"): Promise<Listening> {
  const open = new Set<Socket>();
  server.on(connectionEvent, (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open) socket.destroy();
      await Promise.race([closed, Bun.sleep(1000)]);
    },
  };
}

/** Nobody listens there: connections are refused. */
export const REFUSED_PORT = 1;
