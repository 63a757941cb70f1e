/** The attacker signals by the calls for threads, of which the runtime itself needs one. */
import { attack } from "../support/attack.ts";

attack("signal its broker's threads", {
  systemCall: {
    run: ({ call, brokerPid }) => call("tgkill", brokerPid, brokerPid, 0),
    refused: "EPERM",
    control: "0",
  },
});

attack("signal its broker by tkill", {
  systemCall: { run: ({ call, brokerPid }) => call("tkill", brokerPid, 0), refused: "EPERM", control: "0" },
});

attack("signal a thread of another process by giving its own process id", {
  systemCall: {
    run: ({ call, pid, brokerPid }) => call("tgkill", pid, brokerPid, 0),
    // The wall allows this one for its own threads, and there the kernel's own rule holds.
    refused: "ESRCH",
    control: "ESRCH",
  },
});
