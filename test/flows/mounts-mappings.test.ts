import { expect } from "bun:test";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { runWoma, scratchDirectory } from "../support/woma.ts";

/** Runs code on a mounted file of twenty zeros; what it printed, and what the file has then. */
async function onZeros(code: string) {
  await using scratch = await scratchDirectory();
  const file = join(scratch.path, "f");
  await writeFile(file, "0".repeat(20));
  const { stdout, stderr, exitCode } = await runWoma(["--mount", ".", "-c", `import mmap\n${code}`], {
    cwd: scratch.path,
  });
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  return { stdout, file: await readFile(file, "utf8") };
}

testUnless(notOnLinux, "a mapping outlives the file object that it was made of", async () => {
  const code = `
with open("f", "r+b") as file: m = mmap.mmap(file.fileno(), 0)
other = open("other", "w+b"); other.write(b"-" * 20); other.flush()
m[0:3] = b"ABC"; m.flush(); m[5:7] = b"DE"; m.close()
print(open("other").read())`;
  expect(await onZeros(code)).toEqual({ stdout: `${"-".repeat(20)}\n`, file: "ABC00DE0000000000000" });
});

testUnless(notOnLinux, "a mapping writes back what has changed in it, and nothing else", async () => {
  const code = `
file = open("f", "r+b"); m = mmap.mmap(file.fileno(), 0); m[0:4]
file.seek(10); file.write(b"FILE"); file.flush()
m[0:3] = b"MAP"; m.flush(); m.close()`;
  expect(await onZeros(code)).toEqual({ stdout: "", file: "MAP0000000FILE000000" });
});

testUnless(notOnLinux, "a mapping that is never closed is written back at the program's end", async () => {
  const code = `file = open("f", "r+b"); m = mmap.mmap(file.fileno(), 0); m[-3:] = b"END"`;
  expect(await onZeros(code)).toEqual({ stdout: "", file: "00000000000000000END" });
});

testUnless(notOnLinux, "a private mapping and one for reading change nothing", async () => {
  const code = `
file = open("f", "r+b"); m = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY); m[0:3] = b"ABC"; m.flush(); m.close()
file = open("f", "rb"); m = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ); print(m[0:3])
try: m[0:1] = b"x"
except TypeError as error: print(error)`;
  expect(await onZeros(code)).toEqual({
    stdout: "b'000'\nmmap can't modify a readonly memory map.\n",
    file: "0".repeat(20),
  });
});
