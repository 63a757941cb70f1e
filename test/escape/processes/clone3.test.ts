/** The attacker makes a process by the newer call, whose flags no filter can see. */
import { attack } from "../support/attack.ts";

attack("clone by clone3", {
  systemCall: {
    run: ({ call, words }) => {
      const signalAtEnd = 17;
      const pid = call("clone3", words(0, 0, 0, 0, signalAtEnd, 0, 0, 0), 64);
      if (pid === 0) call("exit_group", 0);
      return pid > 0;
    },
    refused: "ENOSYS",
    // Some containers answer the same.
    control: /^(?:true|ENOSYS)$/,
  },
});
