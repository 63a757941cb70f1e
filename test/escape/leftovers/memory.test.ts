/** The attacker searches its memory for what the last one kept there. */
import { expect } from "bun:test";
import { builtBinary } from "../../support/binary.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { run } from "../support/run.ts";

const keep = `kept = [('se' + 'cret').encode() + bytes([index % 256]) * 50 for index in range(20_000)]`;
/** Over all of the memory that the interpreter has, by address. */
const search = `
import ctypes
import re
pages, word = 0, b"sec" + b"ret" + bytes([7]) * 50
try:
    for address in range(1 << 16, 24 << 20, 1 << 16):
        pages += word in ctypes.string_at(address, (1 << 16) + 64)
except Exception: pass
print("found" if pages > 2 else "nothing")`;

async function found(flags: readonly string[]): Promise<string> {
  const entries = `${keep}\nexec(${JSON.stringify(search)})\n`;
  return (await run([await builtBinary(), "-q", "-i", ...flags], { stdin: entries })).stdout.trim();
}

testUnless(notOnLinux, "a cell cannot find in memory what the last entry kept, under --reset-globals", async () => {
  expect(await found(["--reset-globals"])).toBe("nothing");
});

testUnless(notOnLinux, "control: in an ordinary prompt's one interpreter it does", async () => {
  expect(await found([])).toBe("found");
});
