/** The attacker wants to know whose machine it is on: its name, its kernel, its users, how busy it is. */
import { attack } from "../support/attack.ts";

attack("learn the machine's name and kernel", {
  javascript: {
    run: ({ need }) => need("os").hostname() === need("fs").readFileSync("/proc/sys/kernel/hostname", "utf8").trim(),
    refused: "EPERM",
    control: "true",
  },
  systemCall: { run: ({ call, bytes }) => call("uname", bytes(390)), refused: "EPERM", control: "0" },
});

attack("learn how busy the machine is", {
  systemCall: { run: ({ call, bytes }) => call("sysinfo", bytes(112)), refused: "EPERM", control: "0" },
});

attack("learn who its parent is", {
  systemCall: { run: ({ call }) => call("getppid") > 0, refused: "EPERM", control: "true" },
});
