/** The attacker loads a driver. */
import { attack } from "../support/attack.ts";

attack("load a kernel module", {
  systemCall: {
    run: ({ call, bytes, text }) => call("init_module", bytes(16), 16, text("")),
    refused: "killed by SIGSYS",
    control: /^(?:ENOEXEC|EPERM|EBADMSG|ENOSYS|EKEYREJECTED)$/,
  },
});
