/** The attacker turns off what makes addresses unpredictable. */
import { attack } from "../support/attack.ts";

attack("change how the kernel lays out its memory", {
  systemCall: {
    run: ({ call }) => call("personality", 0xffff_ffff),
    refused: "killed by SIGSYS",
    control: "0",
  },
});
