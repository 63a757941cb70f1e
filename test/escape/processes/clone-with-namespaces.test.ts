/** The attacker makes a process in namespaces of its own, where it is root. */
import { attack } from "../support/attack.ts";

attack("clone itself into a new user namespace", {
  systemCall: {
    run: ({ call }) => {
      const [newUser, signalAtEnd] = [0x10000000, 17];
      const pid = call("clone", newUser | signalAtEnd, 0, 0, 0, 0);
      if (pid === 0) call("exit_group", 0);
      return pid > 0;
    },
    refused: "EPERM",
    // Some systems let only root do it, and some containers nobody.
    control: /^(?:true|ENOSPC|EPERM)$/,
  },
});

attack("clone a thread into a new namespace", {
  systemCall: {
    run: ({ call }) => {
      const [pthread, newNet] = [0x3d0f00, 0x40000000];
      return call("clone", pthread | newNet | 0x20000000, 0, 0, 0, 0);
    },
    refused: "EPERM",
    // A thread with a process namespace of its own is refused by the kernel's rules.
    control: "EINVAL",
  },
});
