/** The attacker, if it is root's, declares memory of the machine to be broken, for itself and those who share it. */
import { attack } from "../support/attack.ts";

attack("declare memory broken", {
  systemCall: {
    // MADV_HWPOISON, where nothing is mapped: whoever may not is told before it is looked.
    run: ({ call }) => call("madvise", 4096, 4096, 100),
    // Where the kernel has it at all.
    refused: /^(?:EPERM|EINVAL)$/,
    control: process.getuid?.() === 0 ? /^(?:EFAULT|ENOMEM|EINVAL|EPERM)$/ : /^(?:EPERM|EINVAL)$/,
  },
});
