/** The attacker keeps a line open to the outside. */
import { afterAll } from "bun:test";
import { attack } from "../support/attack.ts";
import { countConnections } from "../support/listeners.ts";

const server = await countConnections("127.0.0.1");
afterAll(server.close);

attack("open a WebSocket", {
  given: { port: server.port },
  javascript: {
    run: ({ given }) =>
      new Promise((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${given["port"]}`);
        socket.onerror = () => resolve("ended");
        socket.onclose = () => resolve("ended");
      }),
    // There is a socket object in both; the server knows the difference.
    refused: "ended",
    control: "ended",
    cells: "bare",
  },
  aftermath: { look: server.count, refused: 0, control: 1 },
});
