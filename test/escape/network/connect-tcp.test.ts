/** The attacker talks to a service on the machine or beyond it. */
import { afterAll } from "bun:test";
import { attack } from "../support/attack.ts";
import { countConnections } from "../support/listeners.ts";

const server = await countConnections("127.0.0.1");
afterAll(server.close);

attack("connect to a TCP port", {
  given: { port: server.port },
  python: {
    code: `import socket; socket.create_connection(("127.0.0.1", given["port"])).close()`,
    refused: `PermissionError: [Errno 13] Permission denied: 127.0.0.1 is a loopback address; allow it with --allow-net=127.0.0.1:${server.port}`,
    control: "None",
  },
  javascript: {
    run: ({ given, need }) =>
      new Promise((resolve, reject) => {
        const socket = need("net").connect(given["port"], "127.0.0.1", () => resolve("connected"));
        socket.on("error", reject);
      }),
    // The runtime's word for any socket that it could not have.
    refused: "ECONNREFUSED",
    control: "connected",
    cells: "bare",
  },
  systemCall: {
    run: ({ call, bytes, given }) => {
      const port = Number(given["port"]);
      const fd = call("socket", 2, 1, 0);
      return call("connect", fd, bytes([2, 0, port >> 8, port & 255, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]), 16);
    },
    refused: "EPERM",
    control: "0",
  },
  aftermath: { look: server.count, refused: 0, control: 4 },
});
