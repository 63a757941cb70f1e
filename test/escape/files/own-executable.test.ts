/** The attacker wants woma's own program: to read what is in it, or to replace it. */
import { attack } from "../support/attack.ts";

attack("open its own executable", {
  javascript: {
    run: ({ need }) => need("fs").openSync(process.execPath, "r") > 2,
    refused: "EPERM",
    control: "true",
  },
  systemCall: {
    run: ({ call, text }) => call("openat", -100, text("/proc/self/exe"), 0) > 2,
    refused: "EPERM",
    control: "true",
  },
});
