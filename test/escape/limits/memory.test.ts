/** The attacker takes all the memory that there is. */
import { describe, expect } from "bun:test";
import { builtBinary } from "../../support/binary.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { javascriptOf } from "../support/cells.ts";
import { hostileBinary } from "../support/hostile-binary.ts";
import type { Kit } from "../support/kit.ts";
import { javascriptPart, toldIn } from "../support/parts.ts";
import { run } from "../support/run.ts";

const PYTHON = {
  "a list": "a = []\nwhile True: a += a or [0] * 1000",
  "one huge bytearray": "bytearray(1 << 40)",
  "many bytearrays": "a = []\nwhile True: a.append(bytearray(1 << 20))",
  "a string": "a = 'x'\nwhile True: a += a",
  "an integer": "1 << (1 << 34)",
};

/** Each stops at a gigabyte, so that a test that fails does no harm. */
const JAVASCRIPT: Record<string, (kit: Kit) => unknown> = {
  "JavaScript's heap": () => {
    const kept: object[] = [];
    for (let count = 0; count < 8_000_000; count++) kept.push({ count, more: [count, count, count] });
    return kept.length;
  },
  "array buffers": () => Array.from({ length: 64 }, () => new Uint8Array(1 << 24).fill(1)).length,
  "WebAssembly memory": () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    for (let megabytes = 0; megabytes < 1024; megabytes += 16) {
      memory.grow(256);
      new Uint8Array(memory.buffer, megabytes << 20).fill(1);
    }
    return memory.buffer.byteLength;
  },
  "memory of the system's": ({ call }) => {
    // MAP_POPULATE: all pages at once.
    for (let count = 0; count < 4; count++) call("mmap", 0, 1 << 28, 3, 0x8022, -1, 0);
    Bun.sleepSync(500);
    return "had";
  },
  "memory of the system's that is shared": ({ call }) => {
    for (let count = 0; count < 4; count++) call("mmap", 0, 1 << 28, 3, 0x8021, -1, 0);
    Bun.sleepSync(500);
    return "had";
  },
};

describe("a cell cannot take more memory than it was given:", () => {
  for (const [what, code] of Object.entries(PYTHON)) {
    testUnless(notOnLinux, `in ${what}`, async () => {
      const { exitCode, stderr } = await run([await builtBinary(), "--memory", "64", "--timeout", "15", "-c", code]);
      // A hint that names the limit may follow.
      const [traceback = ""] = stderr.split("\n\nhint: ");
      expect({ exitCode, last: traceback.trimEnd().split("\n").at(-1) }).toEqual({
        exitCode: 1,
        last: expect.stringMatching(/^(?:MemoryError|OverflowError)/),
      });
    });
  }

  for (const [what, code] of Object.entries(JAVASCRIPT)) {
    const program = javascriptOf([javascriptPart(code, {})]);
    testUnless(notOnLinux, `in ${what}`, async () => {
      const [bounded, control] = await Promise.all(
        ["64", "2048"].map(async (limit) => run([await hostileBinary(), "--memory", limit, "-c", program])),
      );
      expect({ exitCode: bounded?.exitCode, stderr: bounded?.stderr }).toEqual({
        exitCode: 137,
        stderr: expect.stringContaining("the program was killed: its process passed the memory limit of 64 MB"),
      });
      expect(toldIn(control?.stdout ?? "")).toHaveLength(1);
    });
  }
});
