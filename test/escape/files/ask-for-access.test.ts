/** The attacker asks for rights, not for contents: access(2), and the target of a link. */
import { attack } from "../support/attack.ts";

attack("ask what it may do with a host file", {
  python: { code: `import os; os.access("/etc/passwd", os.R_OK)`, refused: "False", control: "True" },
  javascript: {
    run: ({ need }) => need("fs").accessSync("/etc/passwd"),
    refused: "EPERM",
    control: "null",
  },
  systemCall: {
    run: ({ call, text }) => call("faccessat", -100, text("/etc/passwd"), 4),
    refused: "EPERM",
    control: "0",
  },
});

attack("read where a link points", {
  python: {
    code: `import os; os.readlink("/proc/self/cwd")`,
    refused: /^(?:FileNotFoundError|OSError): /,
    control: /^\//,
  },
  javascript: { run: ({ need }) => need("fs").readlinkSync("/proc/self/cwd"), refused: "EPERM", control: "/" },
  systemCall: {
    run: ({ call, text, bytes }) => call("readlinkat", -100, text("/proc/self/exe"), bytes(4096), 4096) > 1,
    refused: "EPERM",
    control: "true",
  },
});
