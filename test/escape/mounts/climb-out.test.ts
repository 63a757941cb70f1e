/** The attacker, given one directory, climbs out of it by its path. */
import { describe, expect } from "bun:test";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { insideAndOutside, pythonAnswers, requestAnswer, SECRET } from "../support/mounted.ts";

const { inside, outside, secret } = insideAndOutside();

describe("a cell cannot climb out of a mount:", () => {
  testUnless(notOnLinux, "from Python", async () => {
    const paths = [
      `${inside}/file`,
      `${inside}/../outside/secret`,
      `${inside}/./../outside/secret`,
      `${inside}//..//outside/secret`,
      secret,
      "/etc/passwd",
      `${inside}/../../../../../../../../etc/passwd`,
    ];
    expect(
      await pythonAnswers(
        ["--mount", inside],
        [
          ...paths.map((path) => `open(${JSON.stringify(path)}).read()`),
          `os.listdir(${JSON.stringify(outside)})`,
          `open(${JSON.stringify(`${inside}/file\0/../../outside/secret`)})`,
        ],
      ),
    ).toEqual(["inside", ...Array(7).fill("FileNotFoundError"), "ValueError"]);
  });

  testUnless(notOnLinux, "by requests to the broker", async () => {
    const answer = await requestAnswer(
      ["--mount", inside],
      ({ ask, given }) => {
        const { inside, secret } = given;
        const paths = [
          `${inside}/file`,
          `${inside}/../outside/secret`,
          `${inside}/file/../../outside/secret`,
          `${inside}//file`,
          `${inside}/./file`,
          `${inside}/.`,
          `${inside}/..`,
          `${inside}/`,
          `${secret}`,
          "/etc/passwd",
          "/",
        ];
        return JSON.stringify(paths.map((path) => ask({ op: "open", path, flags: 0, mode: 0 }).errno ?? "opened"));
      },
      { inside, secret },
    );
    expect(JSON.parse(answer)).toEqual(["opened", ...Array(10).fill("ENOENT")]);
  });

  testUnless(notOnLinux, "by requests with a NUL in them, or without a beginning", async () => {
    for (const path of [`${inside}/file\0/../../outside/secret`, "file", ""]) {
      expect(
        await requestAnswer(["--mount", inside], ({ ask, given }) => ask({ op: "stat", path: given["path"] }), {
          path,
        }),
      ).toBe("killed: the cell sent a request of no known shape");
    }
  });

  testUnless(notOnLinux, "control: with both given it has both", async () => {
    const flags = ["--mount", inside, "--allow-read", outside];
    expect(await pythonAnswers(flags, [`open(${JSON.stringify(secret)}).read()`])).toEqual([SECRET]);
  });
});
