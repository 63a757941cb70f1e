/** The attacker learns of the machine's other processes from calls that seem to be about itself. */
import { attack } from "../support/attack.ts";

attack("tell which processes there are by their processors", {
  systemCall: {
    run: ({ call, bytes }) => {
      const outcomes = [1, 2 ** 22 + 1].map((pid) => {
        try {
          return call("sched_getaffinity", pid, 128, bytes(128)) > 0;
        } catch (error) {
          return (error as { code: string }).code;
        }
      });
      return outcomes[0] === outcomes[1] ? "no difference" : "told";
    },
    refused: "no difference",
    control: "told",
  },
});

attack("read the clock that counts another's processor time", {
  systemCall: {
    // The process's own number, complemented, above the kind of clock.
    run: ({ call, brokerPid, words }) => call("clock_gettime", (~brokerPid << 3) | 2, words(0, 0)),
    refused: /^(?:EPERM|EINVAL)$/,
    control: "0",
  },
});

attack("tell which processes there are by a lock that they might hold", {
  systemCall: {
    run: ({ call, words, bytes }) => {
      // FUTEX_LOCK_PI, for a millisecond, of a lock whose owner is said to be that process.
      const outcomes = [1, 2 ** 22 + 1].map((pid) => {
        const lock = bytes([pid & 255, (pid >> 8) & 255, (pid >> 16) & 255, 0]);
        try {
          return call("futex", lock, 6, 0, words(1, 0), 0, 0);
        } catch (error) {
          return (error as { code: string }).code;
        }
      });
      return outcomes[0] === outcomes[1] ? "no difference" : `told: ${outcomes}`;
    },
    refused: "no difference",
    control: /^told: /,
  },
});
