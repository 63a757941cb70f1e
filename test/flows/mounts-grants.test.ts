import { describe, expect } from "bun:test";
import { lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { eventually } from "../support/processes.ts";
import { Terminal } from "../support/pty.ts";
import { startWoma } from "../support/running.ts";
import { type RunOptions, runWoma, scratchDirectory } from "../support/woma.ts";

async function run(args: readonly string[], options: RunOptions = {}) {
  const { stdout, stderr, exitCode } = await runWoma(args, options);
  return { stdout, stderr, exitCode };
}

const fine = (stdout: string) => ({ stdout, stderr: "", exitCode: 0 });

/** A directory with files, and one beside it. */
async function place(files: Record<string, string> = {}) {
  const scratch = await scratchDirectory();
  const path = join(scratch.path, "work");
  await mkdir(path);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(path, name, ".."), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return { path, above: scratch.path, [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose]() };
}

/** Tries each, and prints what came of it. */
const TRYING = `
import os, pathlib, shutil, sqlite3
def attempt(what):
    try: print(what())
    except (OSError, shutil.Error, sqlite3.Error) as error: print(f"{type(error).__name__}: {error}")
`;

describe("--mount", () => {
  testUnless(notOnLinux, ". gives the current directory at its own path, to read and write", async () => {
    await using work = await place({ "a.txt": "a", "sub/b.txt": "b" });
    const code = `${TRYING}
print(os.getcwd(), sorted(os.listdir()), open("a.txt").read(), open(os.path.abspath("sub/b.txt")).read(), os.listdir(".."))
open("made", "w").write("x")`;
    expect(await run(["--mount", ".", "-c", code], { cwd: work.path })).toEqual(
      fine(`${work.path} ['a.txt', 'sub'] a b ['work']\n`),
    );
    expect(await readFile(join(work.path, "made"), "utf8")).toBe("x");
  });

  testUnless(notOnLinux, "HOST:GUEST gives it elsewhere, and not at its own path", async () => {
    await using work = await place({ "a.txt": "a" });
    const code = `${TRYING}
print(os.listdir("/data"), os.listdir("/srv/deep"), open("/data/a.txt").read())
attempt(lambda: open("${join(work.path, "a.txt")}").read())
open("/data/b.txt", "w").write("b"); print(os.listdir("/data") == os.listdir("/srv/deep/er"), os.path.samefile("/data", "/srv/deep/er"))
os.chdir("/data"); print(os.getcwd(), sorted(os.listdir()), sorted(os.listdir("..")) == sorted(os.listdir("/")))`;
    const outcome = await run(["--mount", `${work.path}:/data`, "--mount=.:/srv/deep/er:rw", "-c", code], {
      cwd: work.path,
    });
    expect(outcome).toEqual(
      fine(`['a.txt'] ['er'] a
FileNotFoundError: [Errno 2] No such file or directory: '${join(work.path, "a.txt")}'
True True
/data ['a.txt', 'b.txt'] True
`),
    );
  });

  testUnless(notOnLinux, "of a file gives that file alone", async () => {
    await using work = await place({ "a.txt": "a", "b.txt": "b", "sub/c.txt": "c" });
    const code = `${TRYING}
print(sorted(os.listdir()), open("a.txt").read(), open("/tmp/c").read(), os.path.getsize("/tmp/c"))
attempt(lambda: open("b.txt").read()); attempt(lambda: open("a.txt", "a").write("+")); attempt(lambda: open("/tmp/c", "a"))
print(open("a.txt").read())`;
    const outcome = await run(["--mount", "a.txt", "--mount", "sub/c.txt:/tmp/c:ro", "-c", code], { cwd: work.path });
    expect(outcome).toEqual(
      fine(`['a.txt'] a c 1
FileNotFoundError: [Errno 2] No such file or directory: 'b.txt'
1
PermissionError: [Errno 13] Permission denied: read-only grant (--mount sub/c.txt:/tmp/c:ro); allow writing with --mount sub/c.txt:/tmp/c: '/tmp/c'
a+
`),
    );
    const left = await Promise.all(["a.txt", "sub/c.txt"].map((name) => readFile(join(work.path, name), "utf8")));
    expect(left).toEqual(["a+", "c"]);
  });

  for (const [what, code] of [
    ["replaced", "open('new', 'w').write('new'); os.replace('new', 'a.txt')"],
    ["renamed", "os.rename('a.txt', 'b.txt')"],
    ["removed", "os.remove('a.txt'); open('a.txt', 'w').write('lost')"],
  ] as const) {
    testUnless(notOnLinux, `of a file: that it cannot be ${what} is told, and nothing written gets lost`, async () => {
      await using work = await place({ "a.txt": "a" });
      const program = `
import os
try: ${code}; print("done")
except OSError as error: print(error.errno, error.strerror)
print(open("a.txt").read())`;
      expect(await run(["--mount", "a.txt", "-c", program], { cwd: work.path })).toEqual(
        fine("16 Device or resource busy\na\n"),
      );
      expect(await readFile(join(work.path, "a.txt"), "utf8")).toBe("a");
    });
  }

  testUnless(notOnLinux, "below another's guest place is there, also where that has no such directory", async () => {
    await using work = await place({ "outer/f": "f", "inner/g": "g" });
    const code = `import os; print(sorted(os.listdir("/m")), os.listdir("/m/deep"), os.listdir("/m/deep/er"), open("/m/deep/er/g").read())`;
    const mounts = ["--mount", "outer:/m", "--mount", "inner:/m/deep/er"];
    expect(await run([...mounts, "-c", code], { cwd: work.path })).toEqual(fine("['deep', 'f'] ['er'] ['g'] g\n"));
    expect(await readdir(join(work.path, "outer"))).toEqual(["f"]);
  });

  testUnless(notOnLinux, "inside a mount: the deeper decides, whatever the order of the flags", async () => {
    await using work = await place({ "top.txt": "t", "ro/in.txt": "r", "ro/rw/in.txt": "w", "other/x": "x" });
    const code = `${TRYING}
def no(what):
    try: what(); print("done")
    except PermissionError: print("refused", end=" ")
    except OSError as error: print(error.errno, end=" ")
open("top.txt", "a").write("+"); open("ro/rw/in.txt", "a").write("+"); print(open("ro/in.txt").read(), sorted(os.listdir("ro")))
for what in [lambda: open("ro/in.txt", "a"), lambda: open("ro/new", "w"), lambda: os.remove("ro/in.txt"), lambda: os.mkdir("ro/d"), lambda: os.chmod("ro/in.txt", 0o777),
             lambda: os.rename("ro/in.txt", "stolen"), lambda: os.rename("top.txt", "ro/top.txt"), lambda: open("./other/../ro/in.txt", "w"), lambda: os.chmod("ro", 0o777)]: no(what)
print()
for what in [lambda: os.rename("ro", "moved"), lambda: os.rmdir("ro"), lambda: os.rename("other", "ro"), lambda: os.rename("ro/rw", "rw"), lambda: os.rmdir("ro/rw"), lambda: shutil.rmtree("ro"), lambda: os.symlink("x", "ro")]: no(what)
print(sorted(os.listdir()))`;
    for (const mounts of [
      ["--mount", ".", "--mount", "ro:ro", "--mount", "ro/rw"],
      ["--mount", "ro/rw:rw", "--mount", "ro:ro", "--mount", "."],
      ["--allow-read=ro", "--allow-write=.,ro/rw"],
    ]) {
      await writeFile(join(work.path, "top.txt"), "t");
      await writeFile(join(work.path, "ro/rw/in.txt"), "w");
      const { stdout, stderr, exitCode } = await run([...mounts, "-c", code], { cwd: work.path });
      expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
      const [first, second, third] = stdout.split("\n");
      expect([first, second]).toEqual(["r ['in.txt', 'rw']", `${"refused ".repeat(9)}`]);
      expect(third).toMatch(/^(?:(?:refused|16|18|17|39) ){7}\['other', 'ro', 'top\.txt'\]$/);
      expect(await readFile(join(work.path, "ro/in.txt"), "utf8")).toBe("r");
      expect(await readFile(join(work.path, "ro/rw/in.txt"), "utf8")).toBe("w+");
      expect((await readdir(join(work.path, "ro"))).sort()).toEqual(["in.txt", "rw"]);
      expect((await lstat(join(work.path, "ro"))).mode.toString(8)).toBe("40755");
    }
  });

  testUnless(notOnLinux, "that is read-only inside a writable one is so by every name it has", async () => {
    await using work = await place({ "a/ro/f": "text", "b/x": "x", own: "own" });
    await symlink("a/ro", join(work.path, "link"));
    await symlink("a/ro/f", join(work.path, "file-link"));
    await symlink(join(work.path, "a/ro"), join(work.path, "absolute"));
    await symlink(".", join(work.path, "itself"));
    const code = `
import os, shutil
def no(what):
    try: print("done", what())
    except PermissionError: print("refused", end=" ")
    except OSError as error: print(error.errno, end=" ")
def write(path, directory=None): os.write(os.open(path, os.O_WRONLY | os.O_APPEND, dir_fd=directory), b"written")
os.symlink("a/ro/f", "mine"); os.symlink("ro", "a/mine")
for path in ["a/ro/f", "a//ro/./f", "b/../a/ro/f", "link/f", "file-link", "absolute/f", "itself/a/ro/f", "itself/link/f", "mine", "a/mine/f", os.path.abspath("a/ro/f")]: no(lambda: write(path))
top = os.getcwd(); os.chdir("a"); no(lambda: write("ro/f")); os.chdir("ro"); no(lambda: write("f")); os.chdir(top)
no(lambda: write("ro/f", os.open("a", os.O_RDONLY))); no(lambda: write("f", os.open("a/ro", os.O_RDONLY)))
for what in [lambda: os.remove("link/f"), lambda: os.mkdir("link/d"), lambda: os.rename("link/f", "stolen"), lambda: os.rename("own", "link/own"), lambda: os.chmod("file-link", 0o777),
             lambda: os.utime("file-link", (1, 1)), lambda: os.truncate("file-link", 0), lambda: shutil.rmtree("a")]: no(what)
print()
for what in [lambda: os.rename("a", "moved"), lambda: os.rename("a", "b/a"), lambda: os.rename("b", "a"), lambda: os.rmdir("a")]: no(what)
print(open("a/ro/f").read(), os.path.exists("moved"), os.path.exists("b/a"))`;
    const { stdout, stderr, exitCode } = await run(["--mount", ".", "--mount", "a/ro:ro", "-c", code], {
      cwd: work.path,
    });
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    const [refusals, others] = stdout.split("\n");
    expect(refusals).toBe("refused ".repeat(23));
    expect(others).toMatch(/^(?:(?:refused|16|17|39) ){4}text False False$/);
    expect(await readFile(join(work.path, "a/ro/f"), "utf8")).toBe("text");
    expect((await readdir(work.path)).sort()).toEqual([
      "a",
      "absolute",
      "b",
      "file-link",
      "itself",
      "link",
      "mine",
      "own",
    ]);
  });

  testUnless(notOnLinux, "of a file follows the name, also when another program replaces the file", async () => {
    await using work = await place({ "a.txt": "old" });
    const code = `
import os
for _ in range(3):
    try: print(open("/tmp/a").read(), os.path.getsize("/tmp/a"), os.path.exists("/tmp/a"), flush=True)
    except OSError as error: print(type(error).__name__, os.path.exists("/tmp/a"), flush=True)
    input()`;
    await using running = await startWoma(["--mount", `${work.path}/a.txt:/tmp/a`, "-c", code]);
    await running.woma.writes("old 3 True\n");
    await writeFile(join(work.path, "b.txt"), "newer");
    await rename(join(work.path, "b.txt"), join(work.path, "a.txt"));
    running.woma.type("\n");
    await eventually("a second line", () => running.woma.stdout.split("\n").length > 2);
    await rm(join(work.path, "a.txt"));
    running.woma.type("\n");
    await eventually("a third line", () => running.woma.stdout.split("\n").length > 3);
    running.woma.type("\n");
    expect((await running.woma.end()).stdout).toBe("old 3 True\nnewer 5 True\nFileNotFoundError False\n");
  });

  testUnless(notOnLinux, "is there for every entry at the prompt of --reset-globals", async () => {
    await using work = await place({ f: "text" });
    await using terminal = await Terminal.open(["--no-history", "--reset-globals", "--mount", "."], {
      home: work.path,
    });
    expect(await terminal.enter("open('f').read(), open('g', 'w').write('1234')")).toBe("('text', 4)");
    expect(await terminal.enter("import os; sorted(os.listdir()), open('g').read()")).toBe("(['f', 'g'], '1234')");
    expect(await readFile(join(work.path, "g"), "utf8")).toBe("1234");
  });

  testUnless(notOnLinux, "keeps what an entry at the prompt of --reset-globals wrote and did not close", async () => {
    await using work = await place({ f: "text" });
    await using terminal = await Terminal.open(["--no-history", "--reset-globals", "--mount", "."], {
      home: work.path,
    });
    expect(await terminal.enter("file = open('f', 'w'); file.write('1234')")).toBe("4");
    expect(await terminal.enter("open('f').read()")).toBe("'1234'");
  });

  testUnless(notOnLinux, "of a host directory inside another's guest place hides what was there", async () => {
    await using work = await place({ "outer/sub/hidden": "h", "outer/f": "f", "inner/shown": "s" });
    const code = `import os; print(sorted(os.listdir("/m")), os.listdir("/m/sub"), os.path.exists("/m/sub/hidden"), sorted(os.listdir("/m/new")))`;
    const mounts = ["--mount", "outer:/m:ro", "--mount", "inner:/m/sub", "--mount", "inner:/m/new"];
    expect(await run([...mounts, "-c", code], { cwd: work.path })).toEqual(
      fine("['f', 'new', 'sub'] ['shown'] False ['shown']\n"),
    );
    expect((await readdir(join(work.path, "outer"))).sort()).toEqual(["f", "sub"]);
  });

  testUnless(notOnLinux, "at /tmp or at home leaves nothing of woma's own on the host", async () => {
    await using work = await place();
    for (const guest of ["/tmp", "/home/woma", "/home"]) {
      for (const [args, stdin] of [
        [[], "import tempfile, sys; print(sys.argv); print(tempfile.gettempdir())"],
        [["-c", "import tempfile; print(1)"], ""],
        [["-i", "-q"], "print(2)\n"],
      ] as const) {
        const { exitCode } = await run(["--mount", `.:${guest}`, ...args], { stdin, cwd: work.path });
        expect({ guest, exitCode, left: await readdir(work.path) }).toEqual({ guest, exitCode: 0, left: [] });
      }
    }
  });
});
