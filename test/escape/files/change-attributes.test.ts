/** The attacker makes a file executable, or hides when it was changed. */
import { statSync, writeFileSync } from "node:fs";
import { attack } from "../support/attack.ts";
import { scratchForFile } from "../support/scratch.ts";

const file = `${scratchForFile()}/file`;
writeFileSync(file, "", { mode: 0o600 });

attack("change a host file's attributes", {
  given: { file },
  javascript: {
    run: ({ need, given }) => need("fs").chmodSync(given["file"], 0o755),
    refused: "EPERM",
    control: "undefined",
  },
  systemCall: {
    run: ({ call, text, words, given }) => call("utimensat", -100, text(String(given["file"])), words(1, 0, 1, 0), 0),
    refused: "EPERM",
    control: "0",
  },
  aftermath: {
    look: () => [statSync(file).mode & 0o777, statSync(file).mtimeMs === 1000],
    refused: [0o600, false],
    control: [0o755, true],
  },
});
