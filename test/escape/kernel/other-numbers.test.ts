/** The attacker makes calls by numbers that mean something else to a filter: x86_64's third convention. */

import { byArchitecture } from "../support/architecture.ts";
import { attack } from "../support/attack.ts";

attack("make calls by the numbers of x32", {
  systemCall: {
    run: ({ callNumber, text }) => {
      const [x32, open] = [0x40000000, 2];
      return callNumber(x32 + open, text("/etc/passwd"), 0) > 2;
    },
    refused: byArchitecture({ x64: "killed by SIGSYS", arm64: "EPERM" }),
    // Most kernels are built without it.
    control: /^(?:true|ENOSYS)$/,
  },
});

attack("make calls by numbers that no kernel knows", {
  systemCall: { run: ({ callNumber }) => callNumber(100_000), refused: "EPERM", control: "ENOSYS" },
});
