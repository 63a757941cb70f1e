/** The attacker changes the table of the processor's segments, old code that has had its defects. */

import { byArchitecture } from "../support/architecture.ts";
import { attack } from "../support/attack.ts";

attack("change the processor's segments", {
  systemCall: {
    run: ({ call, bytes }) => call("modify_ldt", 0, bytes(16), 16),
    refused: byArchitecture({ x64: "killed by SIGSYS", arm64: "EPERM" }),
    // arm64 has no segments.
    control: byArchitecture({ x64: /^(?:0|ENOSYS)$/, arm64: /^ENOSYS$/ }),
  },
});
