/** The attacker reaches for the keys that the kernel holds for the user. */
import { attack } from "../support/attack.ts";

attack("ask for the user's keyring", {
  systemCall: {
    run: ({ call }) => call("keyctl", 0, -3, 0) !== 0,
    refused: "killed by SIGSYS",
    control: /^(?:true|ENOKEY|ENOSYS|EPERM)$/,
  },
});

attack("add a key", {
  systemCall: {
    run: ({ call, text, bytes }) => call("add_key", text("user"), text("woma"), bytes(1), 1, -2) !== 0,
    refused: "killed by SIGSYS",
    control: /^(?:true|EDQUOT|ENOSYS|EPERM)$/,
  },
});
