/** The attacker measures others through the processor's counters. */
import { attack } from "../support/attack.ts";

attack("open the processor's counters", {
  systemCall: {
    run: ({ call, words }) => call("perf_event_open", words(0, 0), 0, -1, -1, 0) > 2,
    refused: "killed by SIGSYS",
    control: /^(?:true|E2BIG|EINVAL|EACCES|EPERM|ENOENT|ENOSYS)$/,
  },
});
