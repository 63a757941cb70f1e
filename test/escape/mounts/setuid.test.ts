/** The attacker makes a program of the host's that runs with its owner's rights. */

import { expect } from "bun:test";
import { lstatSync } from "node:fs";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { insideAndOutside, pythonAnswers, requestAnswer } from "../support/mounted.ts";

const { inside } = insideAndOutside();
const permissions = (name: string) => (lstatSync(`${inside}/${name}`).mode & 0o7777).toString(8);

testUnless(notOnLinux, "a cell cannot set the bits that give a program its owner's rights", async () => {
  const at = (name: string) => JSON.stringify(`${inside}/${name}`);
  await pythonAnswers(
    ["--mount", inside],
    [
      `os.chmod(${at("file")}, 0o6755)`,
      `os.close(os.open(${at("made")}, os.O_CREAT | os.O_WRONLY, 0o6755))`,
      `os.mkdir(${at("directory")}, 0o7755)`,
      `os.fchmod(os.open(${at("made")}, os.O_RDWR), 0o7755)`,
    ],
  );
  expect(["file", "made", "directory"].map(permissions)).toEqual(["755", "755", "755"]);
  await requestAnswer(
    ["--mount", inside],
    ({ ask, given }) => {
      const path = `${given["inside"]}/raw`;
      const { handle } = ask({ op: "open", path, flags: 0o102, mode: 0o7755 });
      const times = { accessedMs: null, modifiedMs: null, size: null };
      ask({ op: "change-open", handle, mode: 0o7755, ...times });
      ask({ op: "change", path, mode: 0o107755, ...times });
      ask({ op: "mkdir", path: `${path}-directory`, mode: 0o7755 });
    },
    { inside },
  );
  expect(["raw", "raw-directory"].map(permissions)).toEqual(["755", "755"]);
});
