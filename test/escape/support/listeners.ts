import { once } from "node:events";
import { type AddressInfo, createServer, type ListenOptions } from "node:net";

/** A server that counts who connects to it, and says nothing. */
export async function countConnections(host: string) {
  return listen({ host, port: 0 });
}

/** The same on a UNIX socket; a path that begins with a zero byte is an abstract one. */
export async function countConnectionsAt(path: string) {
  return listen({ path });
}

async function listen(options: ListenOptions) {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on("error", () => {});
    socket.end();
  });
  server.listen(options);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port ?? 0,
    /** A connection that has been made may not have been accepted yet. */
    async count(): Promise<number> {
      await Bun.sleep(50);
      return connections;
    },
    close: () => void server.close(),
  };
}
