/** The attacker makes a link, for a program with more rights to follow later. */
import { readdirSync } from "node:fs";
import { attack } from "../support/attack.ts";
import { scratchForFile } from "../support/scratch.ts";

const directory = scratchForFile();

attack("make links among the host's files", {
  given: { directory },
  python: {
    code: `import os; os.symlink("/etc/shadow", given["directory"] + "/python")`,
    refused: /^FileNotFoundError: \[Errno 2\]/,
    control: "None",
  },
  javascript: {
    run: ({ need, given, pid }) => need("fs").symlinkSync("/etc/shadow", `${given["directory"]}/javascript-${pid}`),
    refused: "EPERM",
    control: "undefined",
  },
  systemCall: {
    run: ({ call, text, given, pid }) =>
      call("linkat", -100, text("/proc/self/exe"), -100, text(`${given["directory"]}/call-${pid}`), 0),
    refused: "EPERM",
    // Links do not cross file systems, and some systems allow none to another's file.
    control: /^(?:0|EXDEV|EPERM)$/,
  },
  aftermath: {
    look: () => readdirSync(directory).filter((name) => !name.startsWith("call")).length,
    refused: 0,
    control: 3,
  },
});
