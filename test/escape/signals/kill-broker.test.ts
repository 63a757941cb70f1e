/** The attacker stops those that watch it. The signal is 0, which only asks whether it could be sent. */
import { attack } from "../support/attack.ts";

attack("signal its broker", {
  python: {
    code: `import os; os.kill(os.getppid(), 0)`,
    // Whom a program takes for its parent is nobody.
    refused: /^\w*Error: /,
    control: "None",
  },
  javascript: { run: ({ brokerPid }) => process.kill(brokerPid, 0), refused: "EPERM", control: "true" },
  systemCall: { run: ({ call, brokerPid }) => call("kill", brokerPid, 0), refused: "EPERM", control: "0" },
});

attack("signal every process that it may", {
  systemCall: {
    // To its own group: -1 would be everyone's.
    run: ({ call }) => call("kill", 0, 0),
    refused: "EPERM",
    control: "0",
  },
});
