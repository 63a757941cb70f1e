/** The attacker wants to leave something on the machine: a script, a key, a cron job. */
import { readdirSync } from "node:fs";
import { attack } from "../support/attack.ts";
import { scratchForFile } from "../support/scratch.ts";

const directory = scratchForFile();

attack("write a file of the host", {
  given: { directory },
  python: {
    code: `open(given["directory"] + "/python", "w").write("x")`,
    refused: /^FileNotFoundError: \[Errno 2\]/,
    control: "1",
  },
  javascript: {
    run: ({ need, given }) => need("fs").writeFileSync(`${given["directory"]}/javascript`, "x"),
    refused: "EPERM",
    control: "undefined",
  },
  systemCall: {
    run: ({ call, text, given }) => call("openat", -100, text(`${given["directory"]}/call`), 0o101, 0o600) > 2,
    refused: "EPERM",
    control: "true",
  },
  aftermath: {
    look: () => readdirSync(directory).sort(),
    refused: [],
    control: ["call", "javascript", "python"],
  },
});
