/** The attacker asks for files and sockets through a queue, where no filter looks. */
import { attack } from "../support/attack.ts";

attack("set up io_uring", {
  systemCall: {
    run: ({ call, bytes }) => call("io_uring_setup", 8, bytes(120)) > 2,
    refused: "killed by SIGSYS",
    // Switched off, or not built, in some kernels.
    control: /^(?:true|EPERM|ENOSYS)$/,
  },
});

attack("set up the older asynchronous input and output", {
  systemCall: {
    run: ({ call, words }) => call("io_setup", 1, words(0)),
    refused: "EPERM",
    control: /^(?:0|ENOSYS|EAGAIN)$/,
  },
});
