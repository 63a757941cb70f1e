/** The attacker, if it is root's, becomes another user, whose processes it may then signal. */
import { attack } from "../support/attack.ts";

attack("become another user", {
  systemCall: {
    run: ({ call }) => call("setuid", 0),
    refused: "EPERM",
    control: process.getuid?.() === 0 ? "0" : /^EPERM$/,
  },
});
