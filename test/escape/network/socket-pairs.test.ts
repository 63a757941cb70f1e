/** The attacker makes a pair of sockets, to hand descriptors through. */
import { attack } from "../support/attack.ts";

attack("make a pair of sockets", {
  systemCall: {
    run: ({ call, bytes }) => call("socketpair", 1, 1, 0, bytes(8)),
    refused: "EPERM",
    control: "0",
  },
});

attack("make a pipe", {
  systemCall: { run: ({ call, bytes }) => call("pipe2", bytes(8), 0), refused: "EPERM", control: "0" },
});
