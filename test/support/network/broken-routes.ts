import type { HttpExchange } from "./http-exchange.ts";
import type { Routes } from "./routes.ts";

/** What a server should not do: /broken/HOW. */
export const BROKEN_ROUTES: Routes = {
  broken: async (exchange, [how = ""]) => {
    await exchange.body();
    exchange.keepsAlive = false;
    const way = WAYS[how];
    if (way === undefined) throw new Error(`no way to break called ${how}`);
    await way(exchange);
  },
};

const WAYS: Readonly<Record<string, (exchange: HttpExchange) => Promise<void> | void>> = {
  /** Promises more than it sends. */
  short: ({ socket }) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nnot so long"),
  "short-chunk": ({ socket }) =>
    void socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\nnot so long"),
  "wrong-chunk": ({ socket }) =>
    void socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\nabc\r\n0\r\n\r\n"),
  garbage: ({ socket }) => void socket.write("this is no HTTP\r\nat all\r\n\r\n"),
  nothing: () => {},
  reset: ({ socket }) => void socket.resetAndDestroy(),
  "reset-body": async ({ socket }) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nnot so long");
    // A reset overtakes what the client has not read yet.
    await Bun.sleep(200);
    socket.resetAndDestroy();
  },
  "long-header": ({ socket }) =>
    void socket.write(`HTTP/1.1 200 OK\r\nX-Long: ${"x".repeat(200_000)}\r\nContent-Length: 0\r\n\r\n`),
  "many-headers": ({ socket }) => {
    const headers = Array.from({ length: 1000 }, (_, index) => `X-${index}: ${index}\r\n`).join("");
    socket.write(`HTTP/1.1 200 OK\r\n${headers}Content-Length: 0\r\n\r\n`);
  },
  "no-gzip": (exchange) =>
    exchange.respond({ status: 200, headers: [["Content-Encoding", "gzip"]], body: "not compressed at all" }),
};
