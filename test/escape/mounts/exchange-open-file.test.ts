/** The attacker keeps a file open while the host puts something else in its place. */

import { expect } from "bun:test";
import { readFileSync, renameSync, symlinkSync, unlinkSync } from "node:fs";
import { builtBinary } from "../../support/binary.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { insideAndOutside, SECRET } from "../support/mounted.ts";

const { inside, secret } = insideAndOutside();

testUnless(notOnLinux, "a cell cannot have an open file become another by what is put in its place", async () => {
  const program = `
file = open(${JSON.stringify(`${inside}/file`)}, "r+")
print(file.read(), flush=True)
input()
file.write(" and more"); file.flush(); file.seek(0)
print(file.read())
try: print(open(${JSON.stringify(`${inside}/file`)}).read())
except OSError as error: print(type(error).__name__)`;
  const child = Bun.spawn([await builtBinary(), "--mount", inside, "-c", program], { stdio: ["pipe", "pipe", "pipe"] });
  const output = child.stdout.getReader();
  const first = new TextDecoder().decode((await output.read()).value);
  renameSync(`${inside}/file`, `${inside}/kept`);
  symlinkSync(secret, `${inside}/file`);
  child.stdin.write("\n");
  await child.stdin.end();
  let rest = "";
  for (let part = await output.read(); !part.done; part = await output.read())
    rest += new TextDecoder().decode(part.value);
  expect([first, rest]).toEqual(["inside\n", "inside and more\nFileNotFoundError\n"]);
  expect(readFileSync(secret, "utf8")).toBe(SECRET);
  expect(readFileSync(`${inside}/kept`, "utf8")).toBe("inside and more");
  unlinkSync(`${inside}/file`);
});
