/** The attacker makes 32-bit calls, whose numbers mean other things: 5 is open there and fstat here. */

import { byArchitecture } from "../support/architecture.ts";
import { attack } from "../support/attack.ts";

attack("make the calls of another architecture", {
  systemCall: {
    // mov eax, 20 (getpid); int 0x80; ret. On arm64 64-bit code cannot make 32-bit calls, so it only returns 0.
    run: ({ machineCode, enter }) =>
      enter(
        machineCode({
          x64: [0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xc3],
          arm64: [0x00, 0x00, 0x80, 0xd2, 0xc0, 0x03, 0x5f, 0xd6],
        }),
      ) > 0,
    refused: byArchitecture({ x64: "killed by SIGSYS", arm64: "false" }),
    // Without 32-bit calls in the kernel the instruction is a fault.
    control: byArchitecture({ x64: /^(?:true|killed by SIGSEGV)$/, arm64: /^false$/ }),
  },
});
