/** The attacker tries each family of sockets: netlink, packets, the kernel's cryptography, virtual machines. */
import { attack } from "../support/attack.ts";

attack("make a socket of any family and type", {
  systemCall: {
    run: ({ call }) => {
      const outcomes = new Set<string>();
      for (let family = 0; family < 64; family++) {
        for (const type of [1, 2, 3, 5]) {
          try {
            outcomes.add(call("socket", family, type, 0) > 2 ? "socket" : "none");
          } catch (error) {
            outcomes.add((error as { code: string }).code);
          }
        }
      }
      return [...outcomes].sort();
    },
    refused: "EPERM",
    control: /socket/,
  },
});

attack("ask the kernel about the network by netlink", {
  systemCall: { run: ({ call }) => call("socket", 16, 3, 0) > 2, refused: "EPERM", control: "true" },
});
