/** The attacker forks by the call that shares its memory with the child. */

import { byArchitecture } from "../support/architecture.ts";
import { attack } from "../support/attack.ts";

attack("vfork", {
  systemCall: {
    // In machine code, as the child must not return: vfork, and in the child exit_group(0). arm64 has no vfork; its
    // code is clone(CLONE_VM | CLONE_VFORK | SIGCHLD).
    run: ({ machineCode, enter }) =>
      enter(
        machineCode({
          x64: [0xb8, 58, 0, 0, 0, 0x0f, 0x05, 0x85, 0xc0, 0x75, 9, 0x31, 0xff, 0xb8, 231, 0, 0, 0, 0x0f, 0x05, 0xc3],
          arm64: [
            [0x20, 0x22, 0x88, 0xd2], // mov x0, #0x4111
            [0x01, 0x00, 0x80, 0xd2], // mov x1, #0
            [0x88, 0x1b, 0x80, 0xd2], // mov x8, #220
            [0x01, 0x00, 0x00, 0xd4], // svc #0
            [0x60, 0x00, 0x00, 0xb5], // cbnz x0, +12
            [0xc8, 0x0b, 0x80, 0xd2], // mov x8, #94
            [0x01, 0x00, 0x00, 0xd4], // svc #0
            [0xc0, 0x03, 0x5f, 0xd6], // ret
          ].flat(),
        }),
      ) > 0,
    refused: byArchitecture({ x64: "killed by SIGSYS", arm64: "false" }),
    control: "true",
  },
});
