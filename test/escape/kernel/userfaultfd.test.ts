/** The attacker holds the kernel up in the middle of its work, the usual help for races. */
import { attack } from "../support/attack.ts";

attack("handle its own page faults", {
  systemCall: {
    run: ({ call }) => call("userfaultfd", 1) > 2,
    refused: "killed by SIGSYS",
    control: /^(?:true|EPERM|ENOSYS)$/,
  },
});
