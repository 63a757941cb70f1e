/** The attacker traces its broker, and acts with its rights. */
import { attack } from "../support/attack.ts";

attack("trace its broker", {
  systemCall: {
    // PTRACE_SEIZE, which does not stop it.
    run: ({ call, brokerPid }) => call("ptrace", 0x4206, brokerPid, 0, 0),
    refused: "killed by SIGSYS",
    // Some systems let only root trace a parent.
    control: /^(?:0|EPERM)$/,
  },
});

attack("have itself traced", {
  systemCall: {
    // PTRACE_PEEKDATA, of nobody; asking to be traced would stop a control at its next exec.
    run: ({ call, words }) => call("ptrace", 2, 0, 0, words(0)),
    refused: "killed by SIGSYS",
    control: "ESRCH",
  },
});
