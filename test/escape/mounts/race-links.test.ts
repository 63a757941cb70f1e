/** The attacker has an accomplice outside, who exchanges a directory for a link while the broker looks. */

import { expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { builtBinary } from "../../support/binary.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { insideAndOutside, requestAnswer } from "../support/mounted.ts";
import { run } from "../support/run.ts";

const { inside, outside } = insideAndOutside();
mkdirSync(`${inside}/flip`);
writeFileSync(`${inside}/flip/secret`, "inside");

/** The exchange, as fast as it can: `flip` is the directory, a link out, the directory … */
const FLIP = `
  const { renameSync, symlinkSync } = require("node:fs");
  const [inside, outside] = process.argv.slice(-2);
  symlinkSync(outside, inside + "/link");
  for (;;) {
    renameSync(inside + "/flip", inside + "/kept");
    renameSync(inside + "/link", inside + "/flip");
    renameSync(inside + "/flip", inside + "/link");
    renameSync(inside + "/kept", inside + "/flip");
  }`;

const READ_OFTEN = `
import sys
answers = set()
for _ in range(4000):
    try: answers.add(open(sys.argv[1]).read())
    except OSError: answers.add("nothing")
print(*sorted(answers))`;

testUnless(notOnLinux, "a cell cannot leave a mount by a link that comes and goes", async () => {
  const accomplice = Bun.spawn([process.execPath, "-e", FLIP, inside, outside], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  try {
    const { stdout } = await run([await builtBinary(), "--mount", inside, "-c", READ_OFTEN, `${inside}/flip/secret`]);
    expect(stdout).toBe("inside nothing\n");
    const told = await requestAnswer(
      ["--mount", inside],
      ({ ask, given }) => {
        const answers: Record<string, number> = {};
        for (let count = 0; count < 8000; count++) {
          const { handle, errno } = ask({ op: "open", path: `${given["inside"]}/flip/secret`, flags: 0, mode: 0 });
          const text = errno ?? String(ask({ op: "pread", handle, length: 10, position: 0 })["text"]);
          if (errno === undefined) ask({ op: "close", handle });
          answers[text] = (answers[text] ?? 0) + 1;
        }
        return JSON.stringify(answers);
      },
      { inside },
    );
    const answers = JSON.parse(told) as Record<string, number>;
    // It was looked at both as a directory and as a link.
    expect(Object.keys(answers).filter((text) => !["inside", "ELOOP", "ENOTDIR", "ENOENT"].includes(text))).toEqual([]);
    expect(answers["inside"]).toBeGreaterThan(0);
    expect((answers["ELOOP"] ?? 0) + (answers["ENOTDIR"] ?? 0)).toBeGreaterThan(0);
  } finally {
    accomplice.kill("SIGKILL");
    await accomplice.exited;
  }
});
