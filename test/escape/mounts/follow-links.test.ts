/** The attacker finds links in a mount that lead out of it, as every checkout has some. */

import { describe, expect } from "bun:test";
import { symlinkSync } from "node:fs";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { insideAndOutside, pythonAnswers, requestAnswer } from "../support/mounted.ts";

const { inside, outside, secret } = insideAndOutside();
const LINKS: Record<string, string> = {
  absolute: "/etc/passwd",
  relative: "../outside/secret",
  far: "../../../../../../../../../../etc/passwd",
  directory: outside,
  root: "/",
  process: "/proc/self/root/etc/passwd",
  chain: "relative",
};
for (const [name, target] of Object.entries(LINKS)) symlinkSync(target, `${inside}/${name}`);
symlinkSync("file", `${inside}/honest`);

const NAMES = [
  "honest",
  ...["absolute", "relative", "far", "process", "chain"],
  ...["directory/secret", "root/etc/passwd", `root${secret}`],
];

describe("a cell cannot leave a mount by links that lead out of it:", () => {
  testUnless(notOnLinux, "from Python", async () => {
    const at = (name: string) => JSON.stringify(`${inside}/${name}`);
    expect(
      await pythonAnswers(
        ["--mount", inside],
        [
          ...NAMES.map((name) => `open(${at(name)}).read()`),
          `os.listdir(${at("directory")})`,
          `open(${at("directory/new")}, "w")`,
          `shutil.copy(${at("absolute")}, ${at("copy")})`,
          `os.stat(${at("relative")})`,
        ],
      ),
    ).toEqual(["inside", ...Array(12).fill("FileNotFoundError")]);
  });

  testUnless(notOnLinux, "by requests to the broker", async () => {
    const answer = await requestAnswer(
      ["--mount", inside],
      ({ ask, given }) => {
        const names = String(given["names"]).split(",");
        return JSON.stringify([
          ask({ op: "open", path: `${given["inside"]}/file`, flags: 0, mode: 0 }).errno ?? "opened",
          names.map((name) => ask({ op: "open", path: `${given["inside"]}/${name}`, flags: 0, mode: 0 }).errno),
          // O_CREAT, O_PATH, O_DIRECTORY and none of them.
          [0o101, 0o10000000, 0o200000].map(
            (flags) => ask({ op: "open", path: `${given["inside"]}/absolute`, flags, mode: 0o600 }).errno,
          ),
          ask({ op: "list", path: `${given["inside"]}/directory` }).errno,
          ask({
            op: "change",
            path: `${given["inside"]}/relative`,
            mode: 0o777,
            size: null,
            accessedMs: 0,
            modifiedMs: 0,
          }).errno,
          ask({
            op: "change",
            path: `${given["inside"]}/relative`,
            mode: null,
            size: 0,
            accessedMs: null,
            modifiedMs: null,
          }).errno,
          ask({ op: "unlink", path: `${given["inside"]}/directory/secret` }).errno,
        ]);
      },
      { inside, names: NAMES.join() },
    );
    expect(JSON.parse(answer)).toEqual([
      "opened",
      Array(9).fill("ELOOP"),
      ["EEXIST", "ELOOP", "ELOOP"],
      expect.stringMatching(/^(?:ELOOP|ENOTDIR)$/),
      "EOPNOTSUPP",
      "ELOOP",
      expect.stringMatching(/^(?:ELOOP|ENOTDIR)$/),
    ]);
  });
});
