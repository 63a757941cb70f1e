/** The attacker replaces itself by a program that has no wall. */
import { attack } from "../support/attack.ts";

attack("become another program", {
  python: {
    code: `import os; os.execv("/no/such/program", ["x"])`,
    refused: /^OSError: \[Errno 95\] woma's Python starts no other programs/,
    control: "FileNotFoundError: [Errno 2] No such file or directory",
  },
  systemCall: {
    run: ({ call, text, words }) => call("execve", text("/no/such/program"), words(0), words(0)),
    refused: "killed by SIGSYS",
    control: "ENOENT",
  },
});

attack("become a program by its descriptor", {
  systemCall: {
    run: ({ call, text, words }) => call("execveat", 0, text(""), words(0), words(0), 0x1000),
    refused: "killed by SIGSYS",
    control: "EACCES",
  },
});
