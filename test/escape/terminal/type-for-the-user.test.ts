/** The attacker types for the user: characters put into the terminal's input, which the shell reads after the run. */
import { describe, expect } from "bun:test";
import { builtBinary } from "../../support/binary.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { javascriptOf, pythonOf } from "../support/cells.ts";
import { hostileBinary } from "../support/hostile-binary.ts";
import { sentToTerminal } from "../support/on-terminal.ts";
import { javascriptPart, pythonPart, toldIn } from "../support/parts.ts";

const TIOCSTI = 0x5412;
const python = pythonPart(`import fcntl; fcntl.ioctl(0, given["request"], b"x")`, { request: TIOCSTI });
const call = javascriptPart(
  ({ call, bytes, given }) =>
    [0, 1, 2].map((fd) => {
      try {
        return call("ioctl", fd, Number(given["request"]), bytes([120]));
      } catch (error) {
        return (error as { code: string }).code;
      }
    }),
  { request: TIOCSTI },
);
/** TIOCSTI, TIOCSCTTY, TIOCSPGRP, TIOCCONS, TIOCLINUX, TIOCSETD, TIOCVHANGUP, and one whose number is too large. */
const requests = javascriptPart(({ ask }) => {
  const numbers = [0x5412, 0x540e, 0x5410, 0x541d, 0x541c, 0x5423, 0x5437, 0x1_0000_5412];
  return numbers.map((request) =>
    [1, 2].map((handle) => ask({ op: "ioctl", handle, request, argument: 0 }, [120]).errno),
  );
}, {});

describe("a cell cannot type into its user's terminal:", () => {
  testUnless(notOnLinux, "from Python", async () => {
    const program = await pythonOf([python]);
    const [woma, native] = await Promise.all([
      sentToTerminal([await builtBinary(), "-c", program]),
      sentToTerminal(["python3", "-c", program]),
    ]);
    expect(toldIn(woma)).toEqual(["OSError: [Errno 22] Invalid argument"]);
    // Newer systems refuse it themselves.
    expect(toldIn(native)).toEqual([expect.stringMatching(/^b'x'$|^OSError: \[Errno 5\]|^PermissionError: /)]);
  });

  testUnless(notOnLinux, "by requests to its broker", async () => {
    const output = await sentToTerminal([await hostileBinary(), "-c", javascriptOf([requests])]);
    expect(toldIn(output)).toEqual([Array(16).fill("EINVAL").join()]);
  });

  testUnless(notOnLinux, "by system call", async () => {
    const program = javascriptOf([call]);
    const [wall, control] = await Promise.all([
      sentToTerminal([await hostileBinary(), "-c", program]),
      sentToTerminal([await hostileBinary(), "--insecure", "-c", program]),
    ]);
    expect(toldIn(wall)).toEqual(["EPERM,EPERM,EPERM"]);
    // The terminal is the broker's: a cell has pipes.
    expect(toldIn(control)).toEqual(["ENOTTY,ENOTTY,ENOTTY"]);
  });
});
