/** The attacker sends a signal with data, which may say that it came from the kernel. */
import { attack } from "../support/attack.ts";

attack("queue a signal for its broker", {
  systemCall: {
    // With si_code -1, SI_QUEUE.
    run: ({ call, brokerPid, words }) =>
      call("rt_sigqueueinfo", brokerPid, 0, words(0, 0xffff_ffffn, ...Array(14).fill(0))),
    refused: "EPERM",
    control: "0",
  },
});

attack("queue a signal for a thread of its broker", {
  systemCall: {
    run: ({ call, brokerPid, words }) =>
      // si_code -1, SI_QUEUE.
      call("rt_tgsigqueueinfo", brokerPid, brokerPid, 0, words(0, 0xffff_ffffn, ...Array(14).fill(0))),
    refused: "EPERM",
    control: "0",
  },
});
