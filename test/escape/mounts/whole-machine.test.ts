/** The attacker, given all of the machine's files, looks for those that are the kernel's, and the broker's memory there. */
import { describe, expect } from "bun:test";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { pythonAnswers, requestAnswer } from "../support/mounted.ts";

const PATHS = [
  "/proc/self/environ",
  "/proc/self/mem",
  "/proc/self/root/etc/hostname",
  "/proc/self/cwd",
  "/proc/self/fd/0",
  "/proc/thread-self/maps",
  "/proc/1/status",
  "/proc/sys/kernel/hostname",
  "/sys/kernel/mm/transparent_hugepage/enabled",
];

describe("a cell that was given all files cannot reach the kernel's:", () => {
  testUnless(notOnLinux, "from Python", async () => {
    const opened = PATHS.map((path) => `open("/host${path}").read()`);
    expect(
      await pythonAnswers(["--mount", "/:/host:ro"], [`len(open("/host/etc/passwd").read()) > 0`, ...opened]),
    ).toEqual(["True", ...PATHS.map(() => "FileNotFoundError")]);
  });

  testUnless(notOnLinux, "by requests to the broker", async () => {
    const told = await requestAnswer(
      ["--mount", "/:/host:ro"],
      ({ ask, given, brokerPid }) =>
        [...String(given["paths"]).split(","), `/proc/${brokerPid}/environ`, `/proc/${brokerPid}/mem`].map((path) =>
          [
            ask({ op: "open", path: `/host${path}`, flags: 0, mode: 0 }).errno,
            ask({ op: "stat", path: `/host${path}` }).errno,
            ask({ op: "list", path: `/host${path}` }).errno,
          ].every((errno) => errno === "ENOENT" || errno === "ELOOP" || errno === "ENOTDIR"),
        ),
      { paths: PATHS.join() },
    );
    expect(told).toBe(
      Array(PATHS.length + 2)
        .fill("true")
        .join(),
    );
  });
});
