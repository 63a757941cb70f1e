/** The attacker wants a process that outlives the run. */

import { byArchitecture } from "../support/architecture.ts";
import { attack } from "../support/attack.ts";

attack("fork", {
  python: {
    code: `
import os
pid = os.fork()
if pid == 0: os._exit(0)
os.waitpid(pid, 0)[1]`,
    refused: /^OSError: \[Errno 95\] woma's Python starts no other programs/,
    control: "0",
  },
  systemCall: {
    run: ({ call }) => {
      const pid = call("fork");
      if (pid === 0) call("exit_group", 0);
      return pid > 0;
    },
    refused: byArchitecture({ x64: "killed by SIGSYS", arm64: "EPERM" }),
    control: byArchitecture({ x64: "true", arm64: "ENOSYS" }),
  },
});

attack("fork by the C library", {
  systemCall: {
    run: ({ function: native, call }) => {
      const pid = native("fork")();
      if (pid === 0) call("exit_group", 0);
      return pid > 0;
    },
    refused: "false",
    control: "true",
  },
});
