/** The attacker looks for the sockets of others: a container daemon's, a desktop's, an agent's with keys. */
import { afterAll } from "bun:test";
import { attack } from "../support/attack.ts";
import { countConnectionsAt } from "../support/listeners.ts";
import { scratchForFile } from "../support/scratch.ts";

const path = `${scratchForFile()}/socket`;
const server = await countConnectionsAt(path);
afterAll(server.close);

attack("connect to a UNIX socket", {
  given: { path },
  python: {
    code: `
import socket
with socket.socket(socket.AF_UNIX) as client: client.connect(given["path"])
"connected"`,
    refused:
      "OSError: [Errno 97] Address family not supported by protocol: woma's Python reaches no sockets of programs on this machine; socket.socketpair works",
    control: "connected",
  },
  javascript: {
    run: ({ need, given }) =>
      new Promise((resolve, reject) => {
        const socket = need("net").connect(given["path"], () => resolve("connected"));
        socket.on("error", reject);
      }),
    refused: "ECONNREFUSED",
    control: "connected",
    cells: "bare",
  },
  systemCall: {
    run: ({ call, bytes, given }) => {
      const fd = call("socket", 1, 1, 0);
      const address = [1, 0, ...new TextEncoder().encode(`${given["path"]}\0`)];
      return call("connect", fd, bytes(address), address.length);
    },
    refused: "EPERM",
    control: "0",
  },
  aftermath: { look: server.count, refused: 0, control: 4 },
});
