/** The attacker changes what it was given to read. */

import { describe, expect } from "bun:test";
import { readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { builtBinary } from "../../support/binary.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { insideAndOutside, pythonAnswers, requestAnswer } from "../support/mounted.ts";
import { run } from "../support/run.ts";

const { inside } = insideAndOutside();
symlinkSync("file", `${inside}/link`);
const before = JSON.stringify([readdirSync(inside), statSync(`${inside}/file`)]);
const unchanged = () => JSON.stringify([readdirSync(inside), { ...statSync(`${inside}/file`) }]) === before;
const flags = ["--allow-read", inside];

describe("a cell cannot change what it was given to read:", () => {
  testUnless(notOnLinux, "from Python", async () => {
    const [file, other, link] = ["file", "other", "link"].map((name) => JSON.stringify(`${inside}/${name}`));
    expect(
      await pythonAnswers(flags, [
        `open(${file}, "w")`,
        `open(${file}, "a")`,
        `open(${file}, "r+")`,
        `open(${link}, "w")`,
        `os.open(${file}, os.O_RDONLY | os.O_TRUNC)`,
        `open(${other}, "x")`,
        `os.rename(${file}, ${other})`,
        `os.unlink(${file})`,
        `os.truncate(${file}, 0)`,
        `os.chmod(${file}, 0o777)`,
        `os.utime(${file}, (0, 0))`,
        `os.mkdir(${other})`,
        `os.symlink("file", ${other})`,
        `os.rmdir(${JSON.stringify(inside)})`,
        `os.ftruncate(os.open(${file}, os.O_RDONLY), 0)`,
        `os.write(os.open(${file}, os.O_RDONLY), b"x")`,
        `os.fchmod(os.open(${file}, os.O_RDONLY), 0o777)`,
      ]),
    ).toEqual([
      ...Array(13).fill("PermissionError"),
      ...Array(4).fill(expect.stringMatching(/^(?:Permission|OS)Error$/)),
    ]);
    expect(unchanged()).toBe(true);
  });

  testUnless(notOnLinux, "by requests to the broker", async () => {
    const told = await requestAnswer(
      flags,
      ({ ask, given }) => {
        const { inside } = given;
        const path = `${inside}/file`;
        const nothing = { mode: null, size: null, accessedMs: null, modifiedMs: null };
        const { handle } = ask({ op: "open", path, flags: 0, mode: 0 });
        // O_WRONLY, O_RDWR, the access mode that is none, O_TRUNC, O_CREAT, O_APPEND with it, O_TMPFILE.
        const modes = [1, 2, 3, 0o1000, 0o100, 0o2101, 0o20200002];
        return JSON.stringify([
          ...modes.map((flags) => ask({ op: "open", path, flags, mode: 0o600 }).errno),
          ask({ op: "pwrite", handle, windowLength: 0, position: 0 }, [120]).errno,
          ask({ op: "change-open", handle, ...nothing, size: 0 }).errno,
          ask({ op: "change-open", handle, ...nothing, mode: 0o777 }).errno,
          ask({ op: "change", path, ...nothing, size: 0 }).errno,
          ask({ op: "change", path, ...nothing, mode: 0o777 }).errno,
          ask({ op: "change", path, ...nothing, modifiedMs: 0 }).errno,
          ask({ op: "rename", path, to: `${inside}/other` }).errno,
          ask({ op: "unlink", path }).errno,
          ask({ op: "rmdir", path: inside }).errno,
          ask({ op: "mkdir", path: `${inside}/other`, mode: 0o700 }).errno,
          ask({ op: "symlink", path: `${inside}/other`, target: "file" }).errno,
        ]);
      },
      { inside },
    );
    const answers = JSON.parse(told) as string[];
    expect(answers).toEqual(Array(18).fill(expect.stringMatching(/^(?:EACCES|EBADF|EINVAL|EBUSY)$/)));
    expect(unchanged()).toBe(true);
  });

  testUnless(notOnLinux, "and is told which flag would allow it", async () => {
    const { stderr } = await run([
      await builtBinary(),
      ...flags,
      "-c",
      `open(${JSON.stringify(`${inside}/file`)}, "w")`,
    ]);
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(/^PermissionError: .*--allow-write/);
  });

  testUnless(notOnLinux, "control: given to write, it does", async () => {
    const file = JSON.stringify(`${inside}/file`);
    expect(await pythonAnswers(["--mount", inside], [`open(${file}, "w").write("changed")`])).toEqual(["7"]);
    expect(readFileSync(`${inside}/file`, "utf8")).toBe("changed");
  });
});
