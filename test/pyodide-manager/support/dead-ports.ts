import { dlopen, ptr } from "bun:ffi";
import { createServer } from "node:net";

/** A port of this machine's on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  const { port } = server.address() as { port: number };
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  await closed.promise;
  return port;
}

/** A port that lets nobody in: its queue is full, and nobody takes from it. The system drops what comes, as a firewall does. */
export function deafPort(): Disposable & { readonly port: number } {
  const { socket, bind, listen, getsockname, connect, close } = dlopen("libc.so.6", SYMBOLS).symbols;
  const server = socket(AF_INET, SOCK_STREAM, 0);
  const address = Uint8Array.of(AF_INET, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
  const length = Uint32Array.of(address.length);
  if (bind(server, ptr(address), address.length) !== 0 || listen(server, 0) !== 0) throw new Error("cannot listen");
  getsockname(server, ptr(address), ptr(length));
  const waiting = Array.from({ length: 3 }, () => socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  for (const each of waiting) connect(each, ptr(address), address.length);
  return {
    port: (address[2] ?? 0) * 256 + (address[3] ?? 0),
    [Symbol.dispose]: () => {
      for (const each of [...waiting, server]) close(each);
    },
  };
}

const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;

const SYMBOLS = {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
  listen: { args: ["i32", "i32"], returns: "i32" },
  getsockname: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
} as const;
