/** The attacker plants a link for the host's programs, with more rights than it has, to follow out of the mount. */

import { describe, expect } from "bun:test";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { insideAndOutside, pythonAnswers, SECRET } from "../support/mounted.ts";

const place = insideAndOutside();

/** What a program of the host's finds at a path. */
function found(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return "nothing";
  return existsSync(path) ? readFileSync(path, "utf8") : "a dead link";
}

describe("a cell cannot plant a link that leads the host's programs out of a mount:", () => {
  testUnless(notOnLinux, "written so", async () => {
    const { inside, secret } = place;
    const at = (name: string) => JSON.stringify(`${inside}/${name}`);
    expect(
      await pythonAnswers(
        ["--mount", inside],
        [
          `os.symlink("file", ${at("honest")})`,
          `os.symlink(${JSON.stringify(secret)}, ${at("absolute")})`,
          `os.symlink("../outside/secret", ${at("relative")})`,
          `os.symlink("nothing/../../outside/secret", ${at("detour")})`,
        ],
      ),
    ).toEqual(["None", ...Array(3).fill("PermissionError")]);
    expect(["honest", "absolute", "relative", "detour"].map((name) => found(`${inside}/${name}`))).toEqual([
      "inside",
      ...Array(3).fill("nothing"),
    ]);
  });

  testUnless(notOnLinux, "moved up after it was made further down", async () => {
    const { inside } = place;
    const at = (name: string) => JSON.stringify(`${inside}/${name}`);
    await pythonAnswers(
      ["--mount", inside],
      [
        `os.makedirs(${at("one/outside")})`,
        `open(${at("outside/secret")}, "w")`,
        `os.symlink("../outside/secret", ${at("one/link")})`,
        `os.rename(${at("one/link")}, ${at("moved")})`,
        `os.makedirs(${at("two/three")})`,
        `os.symlink("../../outside/secret", ${at("two/three/link")})`,
        `os.rename(${at("two/three")}, ${at("three")})`,
      ],
    );
    expect([found(`${inside}/moved`), found(`${inside}/three/link`)]).not.toContain(SECRET);
  });

  testUnless(notOnLinux, "by way of another link that is honest", async () => {
    const { inside } = place;
    const at = (name: string) => JSON.stringify(`${inside}/${name}`);
    await pythonAnswers(
      ["--mount", inside],
      [
        `os.mkdir(${at("deep")})`,
        `os.symlink("..", ${at("deep/top")})`,
        `os.symlink("top/../outside/secret", ${at("deep/link")})`,
      ],
    );
    expect(found(`${inside}/deep/link`)).not.toBe(SECRET);
  });

  testUnless(notOnLinux, "by way of another link, and absolute", async () => {
    const { inside } = place;
    const at = (name: string) => JSON.stringify(`${inside}/${name}`);
    await pythonAnswers(
      ["--mount", inside],
      [`os.symlink(".", ${at("here")})`, `os.symlink(${at("here/../outside/secret")}, ${at("by-way")})`],
    );
    expect(found(`${inside}/by-way`)).not.toBe(SECRET);
  });

  testUnless(notOnLinux, "by way of a directory that becomes a link when the other is made", async () => {
    const { inside } = place;
    const at = (name: string) => JSON.stringify(`${inside}/${name}`);
    await pythonAnswers(
      ["--mount", inside],
      [
        `os.makedirs(${at("a/b/c")})`,
        `os.symlink("../../outside/secret", ${at("a/b/c/link")})`,
        `os.symlink("a/b/c", ${at("short")})`,
        `os.rename(${at("short/link")}, ${at("through")})`,
        `os.rename(${at("a/b/c")}, ${at("c")})`,
        `os.rename(${at("a/b")}, ${at("b")})`,
      ],
    );
    for (const path of ["through", "c/link", "b/c/link"]) expect(found(`${inside}/${path}`)).not.toBe(SECRET);
  });
});
