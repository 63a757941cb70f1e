/** The attacker looks at itself in /proc: addresses, descriptors, memory as a file. */
import { attack } from "../support/attack.ts";

attack("read its own memory map", {
  python: {
    code: `open("/proc/self/maps").read()`,
    refused: "FileNotFoundError: [Errno 2] No such file or directory: '/proc/self/maps'",
    control: /libc/,
  },
  javascript: {
    run: ({ need }) => need("fs").readFileSync("/proc/self/maps", "utf8").includes("libc"),
    refused: "EPERM",
    control: "true",
  },
  systemCall: {
    run: ({ call, text }) => call("openat", -100, text("/proc/self/mem"), 2) > 2,
    refused: "EPERM",
    control: "true",
  },
});

attack("list its own descriptors", {
  javascript: {
    run: ({ need }) => need("fs").readdirSync("/proc/self/fd").length > 2,
    refused: "EPERM",
    control: "true",
  },
});
