/** The attacker makes a process by the call that threads are made with. */
import { attack } from "../support/attack.ts";

attack("clone a process", {
  systemCall: {
    run: ({ call }) => {
      const signalAtEnd = 17;
      const pid = call("clone", signalAtEnd, 0, 0, 0, 0);
      if (pid === 0) call("exit_group", 0);
      return pid > 0;
    },
    refused: "EPERM",
    control: "true",
  },
});

attack("clone a process that shares its memory, as a thread does", {
  systemCall: {
    // Only CLONE_THREAD is missing; without a stack of its own the child would write into its parent's.
    run: ({ call }) => call("clone", 0x3d0f00 & ~0x10000 & ~0x800 & ~0x100, 0, 0, 0, 0),
    refused: "EPERM",
    // A shared table of signal handlers needs shared memory, or so says every kernel.
    control: /^(?:EINVAL|ENOMEM|\d+)$/,
  },
});
