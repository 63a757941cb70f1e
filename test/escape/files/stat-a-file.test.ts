/** The attacker only asks whether a file is there, how large it is and when it was changed. */
import { attack } from "../support/attack.ts";

attack("learn of a host file's existence", {
  python: {
    code: `import os; os.stat("/etc/passwd").st_size > 0`,
    refused: "FileNotFoundError: [Errno 2] No such file or directory: '/etc/passwd'",
    control: "True",
  },
  javascript: {
    run: ({ need }) => need("fs").statSync("/etc/passwd").size > 0,
    refused: "EPERM",
    control: "true",
  },
  systemCall: {
    run: ({ call, text, bytes }) => call("newfstatat", -100, text("/etc/passwd"), bytes(256), 0),
    refused: "EPERM",
    control: "0",
  },
});

attack("learn of it by newer calls", {
  javascript: { run: ({ need }) => need("fs").existsSync("/etc/passwd"), refused: "false", control: "true" },
  systemCall: {
    run: ({ call, text, bytes }) => call("statx", -100, text("/etc/passwd"), 0, 0x7ff, bytes(256)),
    refused: "EPERM",
    control: "0",
  },
});
