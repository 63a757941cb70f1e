/** The attacker moves files between mounts, or out of them all. */

import { expect } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { insideAndOutside, requestAnswer } from "../support/mounted.ts";

const one = insideAndOutside();
const two = insideAndOutside();

testUnless(notOnLinux, "a cell cannot move files out of a mount, nor into one that it may only read", async () => {
  const told = await requestAnswer(
    ["--mount", one.inside, "--mount", `${two.inside}:${one.inside}/below:ro`, "--mount", `${two.outside}:/two`],
    ({ ask, given }) => {
      const { inside, outside } = given;
      const rename = (path: string, to: string) => ask({ op: "rename", path, to }).errno;
      return [
        rename(`${inside}/file`, `${outside}/moved`),
        rename(`${outside}/secret`, `${inside}/moved`),
        rename(`${inside}/file`, `${inside}/../moved`),
        rename(`${inside}/file`, `${inside}/below/moved`),
        rename(`${inside}/below/file`, `${inside}/moved`),
        rename(`${inside}/file`, "/two/moved"),
        rename(`${inside}/below`, `${inside}/moved`),
        rename(`${inside}`, "/two/moved"),
        rename("/two/secret", "/two/moved") ?? "done",
      ];
    },
    one,
  );
  expect(told).toBe("ENOENT,ENOENT,ENOENT,EACCES,EACCES,EXDEV,EBUSY,EBUSY,done");
  expect(readFileSync(`${one.inside}/file`, "utf8")).toBe("inside");
  expect(existsSync(`${two.outside}/moved`)).toBe(true);
});
