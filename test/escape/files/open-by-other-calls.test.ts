/** The attacker tries the other calls that open files, which a filter may have forgotten. */

import { byArchitecture } from "../support/architecture.ts";
import { attack } from "../support/attack.ts";

attack("open a file with openat2", {
  systemCall: {
    run: ({ call, text, words }) => call("openat2", -100, text("/etc/passwd"), words(0, 0, 0), 24) > 2,
    refused: "EPERM",
    control: "true",
  },
});

attack("open a file with open", {
  systemCall: {
    run: ({ call, text }) => call("open", text("/etc/passwd"), 0) > 2,
    refused: "EPERM",
    // arm64 has no such call.
    control: byArchitecture({ x64: "true", arm64: "ENOSYS" }),
  },
});
