/** The attacker uses what was left open: by the user's shell, by the broker, by the runtime. */

import { expect } from "bun:test";
import { closeSync, openSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { builtBinary } from "../../support/binary.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { eventually, onlyChildOf } from "../../support/processes.ts";
import { attack } from "../support/attack.ts";
import { scratchForFile } from "../support/scratch.ts";

attack("use any descriptor but its pipes", {
  systemCall: {
    run: ({ call, bytes }) => {
      const outcomes = new Set<string>();
      for (let fd = 3; fd < 1024; fd++) {
        for (const use of [
          () => call("read", fd, bytes(1), 0),
          () => call("write", fd, bytes(1), 0),
          () => call("fstat", fd, bytes(256)),
          () => call("close", fd),
        ]) {
          try {
            outcomes.add(String(use()));
          } catch (error) {
            outcomes.add((error as { code: string }).code);
          }
        }
      }
      return [...outcomes].sort();
    },
    refused: "EPERM",
    // The memory that it shares with its broker, and the runtime's own.
    control: /^0,EBADF/,
  },
});

attack("read what it writes to, and write where it reads", {
  systemCall: {
    run: ({ call, bytes }) =>
      [() => call("read", 1, bytes(1), 0), () => call("read", 2, bytes(1), 0), () => call("write", 0, bytes(1), 0)].map(
        (use) => {
          try {
            return use();
          } catch (error) {
            return (error as { code: string }).code;
          }
        },
      ),
    refused: "EPERM,EPERM,EPERM",
    control: "0,0,0",
  },
});

testUnless(notOnLinux, "a cell has no descriptor that woma was started with, nor one of its broker's", async () => {
  const path = `${scratchForFile()}/secret`;
  writeFileSync(path, "secret");
  const secret = openSync(path, "r");
  const child = Bun.spawn([await builtBinary(), "-c", "print(end='ready', flush=True); input()"], {
    stdio: ["pipe", "pipe", "pipe", secret, secret, secret],
  });
  closeSync(secret);
  try {
    await child.stdout.getReader().read();
    const open = (pid: number) => readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    await eventually("the broker has its descriptors", () => open(child.pid).includes(path));
    expect(open(onlyChildOf(child.pid))).toEqual(Array(3).fill(expect.stringMatching(/^(?:socket|pipe):/)));
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
});
