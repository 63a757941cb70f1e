/** The attacker takes hold of a process by a descriptor: to signal it, or to take its descriptors. */
import { attack } from "../support/attack.ts";

attack("open its broker as a descriptor", {
  systemCall: {
    run: ({ call, brokerPid }) => call("pidfd_open", brokerPid, 0) > 2,
    refused: "killed by SIGSYS",
    control: "true",
  },
});

attack("signal by a descriptor", {
  systemCall: {
    run: ({ call }) => call("pidfd_send_signal", 0, 0, 0, 0),
    refused: "killed by SIGSYS",
    control: /^(?:EBADF|EINVAL)$/,
  },
});

attack("take a descriptor of its broker's", {
  systemCall: {
    run: ({ call }) => call("pidfd_getfd", 0, 0, 0),
    refused: "killed by SIGSYS",
    control: /^(?:EBADF|EINVAL)$/,
  },
});
