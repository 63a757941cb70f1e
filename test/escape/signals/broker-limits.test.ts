/** The attacker starves the broker: limits, priority, processors. */
import { attack } from "../support/attack.ts";

attack("change its broker's limits", {
  systemCall: {
    // Only asks for them; whoever may ask may set.
    run: ({ call, words, brokerPid }) => call("prlimit64", brokerPid, 7, 0, words(0, 0)),
    refused: "EPERM",
    control: "0",
  },
});

attack("lower its broker's priority", {
  javascript: {
    run: ({ need, brokerPid }) => need("os").setPriority(brokerPid, 1),
    refused: "ERR_SYSTEM_ERROR",
    control: "undefined",
  },
  systemCall: { run: ({ call, brokerPid }) => call("setpriority", 0, brokerPid, 2), refused: "EPERM", control: "0" },
});

attack("bind its broker to a processor", {
  systemCall: {
    run: ({ call, words, brokerPid }) => call("sched_setaffinity", brokerPid, 8, words(0xffff_ffff_ffff_ffffn)),
    refused: "EPERM",
    control: "0",
  },
});

attack("put its broker last in the queue for the disk", {
  systemCall: {
    run: ({ call, brokerPid }) => call("ioprio_set", 1, brokerPid, (2 << 13) | 7),
    refused: "EPERM",
    control: "0",
  },
});
