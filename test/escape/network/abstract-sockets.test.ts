/** The attacker connects to a socket without a file, where no permission of a directory is in the way. */
import { afterAll } from "bun:test";
import { attack } from "../support/attack.ts";
import { countConnectionsAt } from "../support/listeners.ts";

const name = `woma-escape-${process.pid}`;
const server = await countConnectionsAt(`\0${name}`);
afterAll(server.close);

attack("connect to an abstract socket", {
  given: { name },
  systemCall: {
    run: ({ call, bytes, given }) => {
      const fd = call("socket", 1, 1, 0);
      const address = [1, 0, 0, ...new TextEncoder().encode(String(given["name"]))];
      return call("connect", fd, bytes(address), address.length);
    },
    refused: "EPERM",
    control: "0",
  },
  aftermath: { look: server.count, refused: 0, control: 2 },
});
