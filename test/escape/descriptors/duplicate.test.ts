/** The attacker makes more of a descriptor, under numbers that a filter does not look at. */
import { attack } from "../support/attack.ts";

attack("duplicate a descriptor", {
  systemCall: { run: ({ call }) => call("dup", 0) > 2, refused: "EPERM", control: "true" },
});

attack("put one descriptor in another's place", {
  systemCall: { run: ({ call }) => call("dup3", 1, 100, 0), refused: "EPERM", control: "100" },
});

attack("duplicate or change a descriptor by fcntl", {
  systemCall: {
    run: ({ call }) => {
      const [duplicate, setFlags] = [0, 4];
      return [() => call("fcntl", 0, duplicate, 100), () => call("fcntl", 2, setFlags, 0)].map((use) => {
        try {
          return use();
        } catch (error) {
          return (error as { code: string }).code;
        }
      });
    },
    refused: "EPERM,EPERM",
    control: /^1\d\d,0$/,
  },
});
