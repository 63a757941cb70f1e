/** The attacker sends out what it has found, a datagram at a time. */
import { afterAll } from "bun:test";
import { attack } from "../support/attack.ts";

let datagrams = 0;
const server = await Bun.udpSocket({ hostname: "127.0.0.1", socket: { data: () => void datagrams++ } });
afterAll(() => server.close());

attack("send a datagram", {
  given: { port: server.port },
  python: {
    code: `import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", given["port"]))`,
    refused:
      "OSError: [Errno 93] Protocol not supported: woma's Python has TCP sockets only; socket.getaddrinfo looks names up",
    control: "1",
  },
  javascript: {
    run: async ({ given }) => {
      const socket = await Bun.udpSocket({});
      return socket.send("x", Number(given["port"]), "127.0.0.1");
    },
    refused: "EPERM",
    control: "true",
    cells: "bare",
  },
  systemCall: {
    run: ({ call, bytes, given }) => {
      const port = Number(given["port"]);
      const fd = call("socket", 2, 2, 0);
      const address = [2, 0, port >> 8, port & 255, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
      return call("sendto", fd, bytes([1]), 1, 0, bytes(address), 16);
    },
    refused: "EPERM",
    control: "1",
  },
  aftermath: {
    look: async () => {
      await Bun.sleep(50);
      return datagrams;
    },
    refused: 0,
    control: 4,
  },
});
