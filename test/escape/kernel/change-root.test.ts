/** The attacker takes another directory for the root, out of which it then climbs. */
import { attack } from "../support/attack.ts";

attack("change its root directory", {
  systemCall: {
    run: ({ call, text }) => call("chroot", text("/no/such/place")),
    refused: "killed by SIGSYS",
    control: "ENOENT",
  },
});

attack("exchange the root of the file system", {
  systemCall: {
    run: ({ call, text }) => call("pivot_root", text("/no/such/place"), text("/no/such/place")),
    refused: "killed by SIGSYS",
    control: /^(?:ENOENT|EPERM)$/,
  },
});
