/** The attacker opens what is no file: a device, which is the whole disk, or a FIFO, at which the broker would wait. */
import { describe, expect } from "bun:test";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { insideAndOutside, pythonAnswers, requestAnswer } from "../support/mounted.ts";

const { inside } = insideAndOutside();
Bun.spawnSync(["mkfifo", `${inside}/fifo`]);
/** /dev/zero by another name; only root can make one, and not in every container. */
const hasDevice = Bun.spawnSync(["mknod", `${inside}/device`, "c", "1", "5"]).success;
const names = ["fifo", ...(hasDevice ? ["device"] : [])];

describe("a cell cannot open devices and FIFOs in a mount:", () => {
  testUnless(notOnLinux, "from Python", async () => {
    const modes = ["r", "w", "r+"];
    const opened = names.flatMap((name) =>
      modes.map((mode) => `open(${JSON.stringify(`${inside}/${name}`)}, "${mode}")`),
    );
    expect(await pythonAnswers(["--mount", inside, "--timeout", "10"], opened)).toEqual(opened.map(() => "OSError"));
  });

  testUnless(notOnLinux, "by requests to the broker", async () => {
    const told = await requestAnswer(
      ["--mount", inside, "--timeout", "10"],
      ({ ask, given }) =>
        String(given["names"])
          .split(",")
          .map((name) =>
            [0, 1, 2, 3, 0o1000, 0o4000, 0o101].map(
              (flags) => ask({ op: "open", path: `${given["inside"]}/${name}`, flags, mode: 0o600 }).errno,
            ),
          ),
      { inside, names: names.join() },
    );
    const refused = [...Array(6).fill("EOPNOTSUPP"), "EEXIST"].join();
    expect(told).toBe(names.map(() => refused).join());
  });

  testUnless(notOnLinux, "nor make any", async () => {
    const path = JSON.stringify(`${inside}/made`);
    expect(
      await pythonAnswers(["--mount", inside], [`os.mkfifo(${path})`, `os.mknod(${path}, 0o20600, os.makedev(1, 5))`]),
    ).toEqual([expect.stringMatching(/Error$/), expect.stringMatching(/Error$/)]);
  });
});
