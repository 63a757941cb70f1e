/** The attacker wants a shell. */
import { existsSync } from "node:fs";
import { attack } from "../support/attack.ts";
import { scratchForFile } from "../support/scratch.ts";

const directory = scratchForFile();

attack("run a shell command", {
  given: { directory },
  python: {
    code: `import os; os.system("true")`,
    refused: /^OSError: \[Errno 95\] woma's Python starts no other programs/,
    control: "0",
  },
  javascript: {
    run: ({ need, given }) =>
      need("child_process").execSync(`touch ${given["directory"]}/javascript; echo run`).toString().trim(),
    refused: "EMFILE",
    control: "run",
  },
  systemCall: {
    // libc's own system(3).
    run: (kit) => kit.function("system")(kit.text(`touch ${kit.given["directory"]}/libc`)),
    // What system(3) says when there is no process: as if the shell had exited with 127.
    refused: "32512",
    control: "0",
  },
  aftermath: {
    look: () => ["javascript", "libc"].map((name) => existsSync(`${directory}/${name}`)),
    refused: [false, false],
    control: [true, true],
  },
});

attack("run a shell command by the C library that Python is linked with", {
  python: {
    code: `import ctypes; ctypes.CDLL(None).system(b"true")`,
    refused: /^(?:-1|\w*Error: .*)$/,
    control: "0",
  },
});
