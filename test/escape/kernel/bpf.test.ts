/** The attacker loads a program into the kernel. */
import { attack } from "../support/attack.ts";

attack("load a program into the kernel", {
  systemCall: {
    run: ({ call, words }) => call("bpf", 5, words(...Array(16).fill(0)), 128),
    refused: "killed by SIGSYS",
    control: /^(?:EINVAL|EPERM|E2BIG|ENOSYS)$/,
  },
});
