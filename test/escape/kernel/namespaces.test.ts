/** The attacker enters a namespace: a new one, where it is root, or somebody's. */
import { attack } from "../support/attack.ts";

attack("leave its namespaces for new ones", {
  systemCall: {
    // CLONE_NEWUSER, which needs a process of one thread.
    run: ({ call }) => call("unshare", 0x10000000),
    refused: "killed by SIGSYS",
    control: /^(?:EINVAL|EPERM)$/,
  },
});

attack("share no more with its own threads", {
  systemCall: { run: ({ call }) => call("unshare", 0x400), refused: "killed by SIGSYS", control: /^(?:0|EPERM)$/ },
});

attack("enter a namespace by a descriptor", {
  systemCall: { run: ({ call }) => call("setns", 0, 0), refused: "killed by SIGSYS", control: /^(?:EINVAL|EPERM)$/ },
});
