/** The attacker destroys what it cannot read. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { attack } from "../support/attack.ts";
import { scratchForFile } from "../support/scratch.ts";

const directory = scratchForFile();
for (const name of ["javascript", "call"]) writeFileSync(`${directory}/${name}`, "");
mkdirSync(`${directory}/directory`);

attack("remove or rename the host's files", {
  given: { directory },
  python: {
    code: `import os; os.rmdir(given["directory"] + "/directory")`,
    refused: /^FileNotFoundError: \[Errno 2\]/,
    control: "None",
  },
  javascript: {
    run: ({ need, given }) => need("fs").renameSync(`${given["directory"]}/javascript`, `${given["directory"]}/gone`),
    refused: "EPERM",
    // Two cells try it, and one comes first.
    control: /^(?:undefined|ENOENT)$/,
  },
  systemCall: {
    run: ({ call, text, given }) => call("unlinkat", -100, text(`${given["directory"]}/call`), 0),
    refused: "EPERM",
    control: /^(?:0|ENOENT)$/,
  },
  aftermath: {
    look: () => readdirSync(directory).sort(),
    refused: ["call", "directory", "javascript"],
    control: ["gone"],
  },
});
