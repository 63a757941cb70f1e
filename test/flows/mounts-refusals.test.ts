import { describe, expect } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { cannotMount, mountSmall } from "../support/privileges.ts";
import { runWoma, scratchDirectory } from "../support/woma.ts";

const fine = (stdout: string) => ({ stdout, stderr: "", exitCode: 0 });

/** Runs code in a directory that is mounted. */
async function inMount(directory: string, code: string) {
  const { stdout, stderr, exitCode } = await runWoma(["--mount", ".", "-c", code], { cwd: directory });
  return { stdout, stderr, exitCode };
}

describe("a disk's own limits are Python's errors:", () => {
  testUnless(cannotMount, "one that is full", async () => {
    await using scratch = await scratchDirectory();
    const disk = join(scratch.path, "disk");
    await mkdir(disk);
    using _ = mountSmall(disk, "size=1m");
    const code = `
import os, sqlite3
file, written = open("f", "wb", buffering=0), 0
try:
    while True: written += file.write(b"x" * 70_000)
except OSError as error: print(written, error, os.path.getsize("f"))
try:
    with open("g", "w") as file: file.write("text")
except OSError as error: print(error)
try: sqlite3.connect("db").execute("create table t (n)")
except sqlite3.OperationalError as error: print(error)
os.remove("f"); open("g", "w").write("fits"); print(open("g").read())`;
    expect(await inMount(disk, code)).toEqual(
      fine(`1048576 [Errno 28] No space left on device 1048576
[Errno 28] No space left on device
database or disk is full
fits
`),
    );
  });

  testUnless(cannotMount, "one that is read-only", async () => {
    await using scratch = await scratchDirectory();
    const disk = join(scratch.path, "disk");
    await mkdir(disk);
    using _ = mountSmall(disk, "ro");
    const code = `
import os
for what in [lambda: open("f", "w"), lambda: os.mkdir("d"), lambda: os.symlink("a", "b")]:
    try: what()
    except OSError as error: print(error)
print(os.listdir(), os.access(".", os.W_OK))`;
    expect(await inMount(disk, code)).toEqual(
      fine(`[Errno 30] Read-only file system: 'f'
[Errno 30] Read-only file system: 'd'
[Errno 30] Read-only file system: 'a' -> 'b'
[] False
`),
    );
  });
});

describe("what no file system takes is an error for the program, and its interpreter goes on:", () => {
  for (const [what, code, answer] of [
    ["a path too long", 'os.stat("d/" * 3000)', /^36 File name too long$/],
    ["a path too long, to be made", 'open("d/" * 3000 + "f", "w")', /^36 File name too long$/],
    ["a link's text too long", 'os.symlink("x" * 5000, "l")', /^36 File name too long$/],
    ["a name that is not UTF-8", 'os.mkdir(b"\\xff")', /^(?:84|22|2|92) /],
    ["a place past the largest file", 'os.pwrite(fd, b"x", 2**53)', /^(?:27|75|22) /],
    ["a size past the largest file", "os.ftruncate(fd, 2**53)", /^(?:27|75|22) /],
    ["a place to read past all files", "os.lseek(fd, 2**53, 0) and os.read(fd, 1)", /^(?:22|75) |^b''$/],
    ["a negative place", "os.pread(fd, 1, -1)", /^22 Invalid argument$/],
    ["a time past all clocks", "os.utime('f', (2**62, 2**62))", /^None$|^(?:22|75) /],
    ["an access that there is not", "os.access('f', -1)", /^False$|^22 /],
    ["a lock of a place far out", "fcntl.lockf(fd, fcntl.LOCK_SH, 1, 2**62)", /^None$|^(?:22|75) /],
    ["a lock of a length far out", "fcntl.lockf(fd, fcntl.LOCK_SH, 2**62, 0)", /^None$|^(?:22|75) /],
    ["a lock that ends before all files", "fcntl.lockf(fd, fcntl.LOCK_SH, -1, 0)", /^22 Invalid argument$/],
    ["a lock of the bytes before a place", "fcntl.lockf(fd, fcntl.LOCK_SH, -5, 10)", /^None$/],
  ] as const) {
    testUnless(notOnLinux, what, async () => {
      await using scratch = await scratchDirectory();
      await writeFile(join(scratch.path, "f"), "text");
      const program = `
import fcntl, os
fd = os.open("f", os.O_RDWR)
try: print(${code})
except OSError as error: print(error.errno, error.strerror)
print(open("f").read())`;
      const { stdout, stderr, exitCode } = await inMount(scratch.path, program);
      const [first = "", ...others] = stdout.split("\n");
      expect({ others, stderr, exitCode }).toEqual({ others: ["text", ""], stderr: "", exitCode: 0 });
      expect(first).toMatch(answer);
    });
  }

  testUnless(notOnLinux, "a tree of the host's that is deeper than any path", async () => {
    await using scratch = await scratchDirectory();
    const name = "y".repeat(200);
    const made = Bun.spawnSync(["sh", "-c", `for n in $(seq 30); do mkdir ${name} && cd -P ${name} || exit 1; done`], {
      cwd: scratch.path,
    });
    expect(made.success).toBe(true);
    const code = `
import os, shutil
print(10 < sum(1 for _ in os.walk(".")) < 31)
try: shutil.rmtree("${name}")
except OSError as error: print(error.errno, error.strerror)
else: print("removed")`;
    const { stdout, stderr, exitCode } = await inMount(scratch.path, code);
    Bun.spawnSync(["rm", "-rf", join(scratch.path, name)]);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toMatch(/^True\n(?:36 File name too long|removed)\n$/);
  });
});
