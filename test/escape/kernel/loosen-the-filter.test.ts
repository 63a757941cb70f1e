/** The attacker adds a filter of its own, which allows everything, or asks to be told of calls and to answer them. */
import { attack } from "../support/attack.ts";

attack("install another filter", {
  systemCall: {
    // One instruction: allow.
    run: ({ call, words, bytes }) => {
      call("prctl", 38, 1, 0, 0, 0);
      const program = bytes([6, 0, 0, 0, 0, 0, 0xff, 0x7f]);
      return call("seccomp", 1, 0, words(1, program));
    },
    refused: "EPERM",
    control: "0",
  },
});

attack("install another filter without asking for no privileges first", {
  systemCall: {
    run: ({ call, words, bytes }) => call("seccomp", 1, 0, words(1, bytes([6, 0, 0, 0, 0, 0, 0xff, 0x7f]))),
    refused: "killed by SIGSYS",
    control: /^(?:0|EACCES)$/,
  },
});

attack("leave the filter by the older call", {
  systemCall: {
    // PR_SET_SECCOMP to no mode at all.
    run: ({ call }) => call("prctl", 22, 0, 0, 0, 0),
    refused: "EPERM",
    control: "EINVAL",
  },
});
