/** The attacker makes the memory that it shares with its broker smaller, so that the broker dies of its next look. */
import { attack } from "../support/attack.ts";

attack("resize the memory that it shares with its broker", {
  systemCall: {
    run: ({ call }) => call("ftruncate", 3, 0),
    refused: "EPERM",
    // Sealed memory is refused in the same words, and then it is the seal that holds.
    control: /^(?:0|EPERM)$/,
  },
});

attack("kill its broker by the memory that it shares", {
  systemCall: {
    run: ({ call, ask }) => {
      try {
        call("ftruncate", 3, 0);
      } catch {}
      // So long a text goes through that memory, to standard error.
      return ask({ op: "write", handle: 3, nonBlocking: false, windowLength: 100_000 })["written"];
    },
    refused: "100000",
    // The broker dies of SIGBUS, but for a seal.
    control: /^(?:100000$|ended: )/,
  },
});
