/** The attacker brings a program of its own: written to memory, and run from there without a file. */
import { attack } from "../support/attack.ts";

attack("make a file in memory", {
  python: {
    code: `import os; os.memfd_create("x") > 2`,
    refused: /^AttributeError: module 'os' has no attribute 'memfd_create'/,
    control: "True",
  },
  systemCall: {
    run: ({ call, text }) => call("memfd_create", text("x"), 0) > 2,
    refused: "EPERM",
    control: "true",
  },
});

attack("run what is in the memory that it shares with its broker", {
  systemCall: {
    run: ({ call, text, words, bytes }) => {
      const script = [...new TextEncoder().encode("#!/no/such/interpreter\n")];
      call("write", 3, bytes(script), script.length);
      return call("execveat", 3, text(""), words(text("x"), 0), words(0), 0x1000);
    },
    // Behind the wall there is no fd 3, and no writing to it.
    refused: "EPERM",
    control: "ENOENT",
  },
});

attack("hide memory from the system", {
  systemCall: {
    run: ({ call }) => call("memfd_secret", 0) > 2,
    refused: "killed by SIGSYS",
    control: /^(?:true|ENOSYS)$/,
  },
});
