/** The attacker wants to know who has an account on the machine. */
import { attack } from "../support/attack.ts";

attack("read a file of the host", {
  python: {
    code: `open("/etc/passwd").read()`,
    refused: "FileNotFoundError: [Errno 2] No such file or directory: '/etc/passwd'",
    control: /^root:/,
  },
  javascript: {
    run: ({ need }) => need("fs").readFileSync("/etc/passwd", "utf8"),
    refused: "EPERM",
    control: /^root:/,
  },
  systemCall: {
    run: ({ call, text }) => call("openat", -100, text("/etc/passwd"), 0) > 2,
    refused: "EPERM",
    control: "true",
  },
});
