/** The attacker, if it is root's, gives itself the limits back that the lock took. */
import { attack } from "../support/attack.ts";

attack("raise its own limits", {
  python: {
    code: `import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))`,
    refused: /^ModuleNotFoundError: No module named 'resource'/,
    control: "None",
  },
  systemCall: {
    run: ({ call, words }) => call("prlimit64", 0, 7, words(64, 64), 0),
    refused: "EPERM",
    control: "0",
  },
});

attack("raise its own limits by the older call", {
  systemCall: { run: ({ call, words }) => call("setrlimit", 7, words(64, 64)), refused: "EPERM", control: "0" },
});
