/** The attacker signals the machine's first process, and finds out which others there are. */
import { attack } from "../support/attack.ts";

attack("signal the machine's first process", {
  javascript: {
    run: () => process.kill(1, 0),
    refused: "EPERM",
    // Only root may.
    control: process.getuid?.() === 0 ? "true" : "EPERM",
  },
});

attack("find out which processes there are", {
  systemCall: {
    run: ({ call }) => {
      const found = new Set<string>();
      for (let pid = 1; pid < 100_000; pid++) {
        try {
          found.add(String(call("kill", pid, 0)));
        } catch (error) {
          found.add((error as { code: string }).code);
        }
      }
      return [...found].sort();
    },
    refused: "EPERM",
    // Those that there are not.
    control: /ESRCH/,
  },
});
