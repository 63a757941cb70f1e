/** The attacker has the broker wait for it: for a lock that another has. Its time must run out all the same. */
import { describe, expect } from "bun:test";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { insideAndOutside, requestAnswer } from "../support/mounted.ts";

const { inside } = insideAndOutside();

describe("a cell cannot hold its broker up with files:", () => {
  testUnless(notOnLinux, "waiting for a lock", async () => {
    const holder = Bun.spawn(
      [
        "python3",
        "-c",
        "import fcntl,sys; f=open(sys.argv[1],'r+'); fcntl.lockf(f,2); print(flush=True); input()",
        `${inside}/file`,
      ],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    try {
      await holder.stdout.getReader().read();
      const told = await requestAnswer(
        ["--mount", inside, "--timeout", "1"],
        ({ ask, given }) => {
          const { handle } = ask({ op: "open", path: `${given["inside"]}/file`, flags: 2, mode: 0 });
          return ask({ op: "lock", handle, command: "wait", type: 1, whence: 0, start: 0, length: 0 }).errno;
        },
        { inside },
      );
      // The deadline's interrupt, as any waiting request is answered with.
      expect(told).toBe("EINTR");
    } finally {
      holder.kill();
      await holder.exited;
    }
  });

  testUnless(notOnLinux, "with positions and sizes that no file has", async () => {
    const told = await requestAnswer(
      ["--mount", inside],
      ({ ask, given }) => {
        const path = `${given["inside"]}/file`;
        const { handle } = ask({ op: "open", path, flags: 2, mode: 0 });
        const far = Number.MAX_SAFE_INTEGER;
        const nothing = { mode: null, accessedMs: null, modifiedMs: null };
        return [
          ask({ op: "pread", handle, length: far, position: far })["windowLength"],
          ask({ op: "pwrite", handle, windowLength: 0, position: far }, [1]).errno,
          ask({ op: "pwrite", handle, windowLength: far, position: 0 }).errno,
          ask({ op: "change-open", handle, size: far, ...nothing }).errno,
          ask({ op: "lock", handle, command: "set", type: 7, whence: 9, start: far, length: far }).errno,
          ask({ op: "change", path, mode: null, size: null, accessedMs: -1e15, modifiedMs: 1e15 }).errno ?? "done",
          ask({ op: "fstat", handle: 1 }).errno,
        ];
      },
      { inside },
    );
    expect(told).toMatch(/^0,(?:EFBIG|EINVAL),EINVAL,E[A-Z]+,EINVAL,(?:done|EINVAL),EBADF$/);
  });
});
