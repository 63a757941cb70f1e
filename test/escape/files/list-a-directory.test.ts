/** The attacker looks around. */
import { attack } from "../support/attack.ts";

attack("list the host's directories", {
  python: {
    code: `import os; sorted(os.listdir("/etc"))`,
    refused: "FileNotFoundError: [Errno 2] No such file or directory: '/etc'",
    control: /'passwd'/,
  },
  javascript: {
    run: ({ need }) => need("fs").readdirSync("/etc").includes("passwd"),
    refused: "EPERM",
    control: "true",
  },
  systemCall: {
    run: ({ call, text, bytes }) => {
      const [open, directory] = [call, 0o200000];
      const fd = open("openat", -100, text("/etc"), directory);
      return call("getdents64", fd, bytes(32768), 32768) > 0;
    },
    refused: "EPERM",
    control: "true",
  },
});

attack("list what an open descriptor stands for", {
  systemCall: {
    run: ({ call, bytes }) => call("getdents64", 0, bytes(4096), 4096),
    refused: "EPERM",
    control: "ENOTDIR",
  },
});
