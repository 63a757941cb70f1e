import { describe, expect } from "bun:test";
import { lstat, mkdir, readdir, readFile, readlink, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { notOnLinux, notRoot, testUnless } from "../support/loud-skip.ts";
import { runWoma, scratchDirectory } from "../support/woma.ts";

/** A directory that is mounted, beside one that is not. */
async function insideAndOutside() {
  const scratch = await scratchDirectory();
  const [inside, outside] = [join(scratch.path, "in"), join(scratch.path, "out")];
  for (const directory of [inside, outside]) await mkdir(directory);
  await writeFile(join(outside, "secret"), "SECRET");
  await mkdir(join(outside, "directory"));
  return { inside, outside, [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose]() };
}

async function inMount(directory: string, code: string, args = ["--mount", "."]) {
  const { stdout, stderr, exitCode } = await runWoma([...args, "-c", code], { cwd: directory });
  return { stdout, stderr, exitCode };
}

const fine = (stdout: string) => ({ stdout, stderr: "", exitCode: 0 });

describe("a link of the host's", () => {
  testUnless(
    notOnLinux,
    "that stays inside is followed: relative, absolute, in chains, through directories",
    async () => {
      await using place = await insideAndOutside();
      const at = (name: string) => join(place.inside, name);
      await mkdir(at("d/e"), { recursive: true });
      await writeFile(at("d/e/f"), "text");
      await symlink("d/e/f", at("relative"));
      await symlink(at("d/e/f"), at("absolute"));
      await symlink("../e/../../d/e", at("d/e/up"));
      await symlink("relative", at("two"));
      await symlink("two", at("three"));
      await symlink(at("d"), at("directory"));
      const code = `
import os
for name in ["relative", "absolute", "d/e/up/f", "two", "three", "directory/e/f", "directory/e/up/up/f"]:
    print(name, open(name).read(), os.path.islink(name), os.path.getsize(name))
print(os.readlink("relative"), os.readlink("absolute") == os.path.abspath("d/e/f"), os.readlink("three"), sorted(os.listdir("directory/e")))
print(os.path.realpath("three") == os.path.abspath("d/e/f"), os.path.samefile("absolute", "three"))`;
      expect(await inMount(place.inside, code)).toEqual(
        fine(`relative text True 4
absolute text True 4
d/e/up/f text False 4
two text True 4
three text True 4
directory/e/f text False 4
directory/e/up/up/f text False 4
d/e/f True two ['f', 'up']
True True
`),
      );
    },
  );

  const outwards = (outside: string) => ({
    passwd: "/etc/passwd",
    etc: "/etc",
    up: "../out/secret",
    far: "../../../../../../../../../../etc/passwd",
    secret: join(outside, "secret"),
    directory: outside,
    self: "/proc/self/root/etc/passwd",
    new: join(outside, "new"),
    chain: "up",
    none: "/nowhere/at/all",
  });

  testUnless(notOnLinux, "that leads out is there, and leads nowhere", async () => {
    await using place = await insideAndOutside();
    const links = outwards(place.outside);
    for (const [name, target] of Object.entries(links)) await symlink(target, join(place.inside, name));
    const code = `
import os, shutil
def attempt(what):
    try: return what()
    except OSError as error: return f"{type(error).__name__} {error.errno}"
print(len(os.listdir()), end="")
for name in ${JSON.stringify(Object.keys(links))}:
    print("\\n" + name, os.path.exists(name), os.path.islink(name), os.access(name, 0), len(os.readlink(name)), *map(attempt, [
        lambda: open(name).read(), lambda: open(name, "r+"), lambda: os.stat(name), lambda: os.listdir(name), lambda: open(name + "/passwd").read(),
        lambda: open(name + "/secret").read(), lambda: open(name + "/directory/../secret").read(), lambda: os.truncate(name, 0),
        lambda: os.chmod(name, 0o777), lambda: os.utime(name, (1, 1)), lambda: os.rename(name + "/secret", "stolen"), lambda: os.remove(name + "/secret"),
        lambda: os.rmdir(name + "/directory"), lambda: shutil.copyfile(name, "stolen"),
    ]), end="")`;
    const line = ([name, target]: [string, string]) =>
      `\n${name} False True False ${target.length}${" FileNotFoundError 2".repeat(14)}`;
    expect(await inMount(place.inside, code)).toEqual(fine(`10${Object.entries(links).map(line).join("")}`));
  });

  testUnless(notOnLinux, "that leads out is no way to change what is there", async () => {
    await using place = await insideAndOutside();
    const links = { ...outwards(place.outside), root: "/", parent: ".." };
    for (const [name, target] of Object.entries(links)) await symlink(target, join(place.inside, name));
    const code = `
import os, shutil
def attempt(what):
    try: what()
    except OSError: pass
for name in ${JSON.stringify(Object.keys(links))}:
    for below in ["", "/out", "/made"]:
        for what in [
            lambda path: open(path, "w").write("changed"), lambda path: open(path, "a").write("changed"), lambda path: open(path + "/secret", "w").write("changed"),
            lambda path: os.mkdir(path + "/made"), lambda path: os.symlink("x", path + "/link"), lambda path: os.remove(path + "/secret"),
            lambda path: shutil.rmtree(path + "/directory"), lambda path: os.chmod(path, 0o711), lambda path: shutil.move("keep", path + "/moved"),
        ]: attempt(lambda: what(name + below))
print(open("root/etc/passwd").read() if os.path.exists("root/etc/passwd") else "")`;
    await writeFile(join(place.inside, "keep"), "keep");
    const { stdout, stderr, exitCode } = await inMount(place.inside, code);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).not.toContain("root:");
    expect([(await readdir(place.outside)).sort(), await readFile(join(place.outside, "secret"), "utf8")]).toEqual([
      ["directory", "secret"],
      "SECRET",
    ]);
    expect([
      (await lstat(join(place.outside, "secret"))).mode.toString(8),
      (await lstat(place.outside)).mode.toString(8),
    ]).toEqual(["100644", "40755"]);
  });

  testUnless(notOnLinux, "that leads in a circle is an error", async () => {
    await using place = await insideAndOutside();
    await symlink("b", join(place.inside, "a"));
    await symlink("a", join(place.inside, "b"));
    await symlink("self/x", join(place.inside, "self"));
    const code = `
import os
for what in [lambda: open("a"), lambda: os.stat("a"), lambda: open("a", "w"), lambda: os.listdir("self"), lambda: open("self/f")]:
    try: what()
    except OSError as error: print(error)
print(os.path.exists("a"), os.path.islink("a"), os.readlink("a"), sorted(os.listdir()))
os.remove("a"); print(sorted(os.listdir()))`;
    expect(await inMount(place.inside, code)).toEqual(
      fine(`[Errno 40] Too many levels of symbolic links: 'a'
[Errno 40] Too many levels of symbolic links: 'a'
[Errno 40] Too many levels of symbolic links: 'a'
[Errno 40] Too many levels of symbolic links: 'self'
[Errno 40] Too many levels of symbolic links: 'self/f'
False True b ['a', 'b', 'self']
['b', 'self']
`),
    );
  });

  testUnless(notOnLinux, "that is put there and taken away again shows nothing from outside", async () => {
    await using place = await insideAndOutside();
    const at = (name: string) => join(place.inside, name);
    await writeFile(at("plain"), "INSIDE");
    await mkdir(at("sub"));
    await writeFile(at("sub/secret"), "INSIDE");
    const code = `
import os, time
seen, end = set(), time.monotonic() + 2
def attempt(what):
    try: return what()
    except OSError as error: return error.errno
def write():
    with open("name", "r+") as file: file.write("INSIDE")
while time.monotonic() < end:
    seen.add(attempt(lambda: open("name").read())); seen.add(attempt(lambda: open("sub/secret").read()))
    seen.add(attempt(write)); seen.add(attempt(lambda: "OUT" if "directory" in os.listdir("sub") else None))
    seen.add(attempt(lambda: os.mkdir("sub/made") or os.rmdir("sub/made")))
print(sorted(str(s) for s in seen - {None}))`;
    await symlink("plain", at("name"));
    await symlink(place.outside, at("evil-sub"));
    await symlink(join(place.outside, "secret"), at("evil-name"));
    const run = inMount(place.inside, code);
    let over = false;
    void run.finally(() => {
      over = true;
    });
    const swap = async (one: string, other: string) => {
      await rename(at(one), at(`${one}-aside`));
      await rename(at(other), at(one));
      await rename(at(`${one}-aside`), at(other));
    };
    while (!over) await Promise.all([swap("name", "evil-name"), swap("sub", "evil-sub")]);
    const { stdout, stderr, exitCode } = await run;
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toMatch(/^\[(?:'(?:\d+|INSIDE)'(?:, )?)*\]\n$/);
    expect(stdout).toContain("INSIDE");
    expect(await readFile(join(place.outside, "secret"), "utf8")).toBe("SECRET");
    expect((await readdir(place.outside)).sort()).toEqual(["directory", "secret"]);
  });
});

describe("a link of the program's", () => {
  testUnless(notOnLinux, "that would lead out is refused", async () => {
    await using place = await insideAndOutside();
    const code = `
import os
os.mkdir("d")
def attempt(target, name):
    try: os.symlink(target, name); return "made"
    except OSError as error: return f"{type(error).__name__}: {error}"
for target, name in [("/etc/passwd", "l1"), ("..", "l2"), ("../../out/secret", "d/l3"), ("../../out", "d/l4"), ("d/../../out", "l5"), ("/", "l6")]:
    print(attempt(target, name).split(":")[0], os.path.lexists(name))
for target, name in [("../d", "d/ok"), ("nothing/yet", "l7"), (os.path.abspath("d"), "l8"), (".", "l9")]:
    print(attempt(target, name), os.path.lexists(name))`;
    expect(await inMount(place.inside, code)).toEqual(
      fine(`${"PermissionError False\n".repeat(6)}${"made True\n".repeat(4)}`),
    );
    expect((await readdir(place.inside)).sort()).toEqual(["d", "l7", "l8", "l9"]);
    expect([await readlink(join(place.inside, "d/ok")), await readlink(join(place.inside, "l8"))]).toEqual([
      "../d",
      join(place.inside, "d"),
    ]);
  });

  testUnless(notOnLinux, "that leads out once it or what it names is moved leads nowhere", async () => {
    await using place = await insideAndOutside();
    const code = `
import os
os.makedirs("a/b"); os.mkdir("a/b/out"); open("a/b/out/secret", "w").write("mine"); os.mkdir("a/b/c"); os.symlink("../../out/secret", "a/b/c/l")
os.makedirs("out", exist_ok=True)
try: os.rename("a/b/c/l", "l"); print(os.path.exists("l"))
except OSError as error: print(type(error).__name__)
try: print(open("l").read())
except OSError as error: print(type(error).__name__)`;
    const { stdout, stderr } = await inMount(place.inside, code);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^(?:False|PermissionError|OSError)\nFileNotFoundError\n$/);
  });
});

describe("`..` ends at a mount's top:", () => {
  testUnless(notOnLinux, "above it is the program's own memory, never the host", async () => {
    await using place = await insideAndOutside();
    await writeFile(join(place.inside, "f"), "in");
    const code = `
import os
os.makedirs("d/e"); os.chdir("d/e"); print(open("../../f").read(), open("../../d/../f").read())
for path in ["../../../out/secret", "../../../../../../../../../../etc/passwd", "../../../../../../../../../../proc/self/environ"]:
    try: print(open(path).read())
    except FileNotFoundError as error: print(error)
os.chdir("../.."); print(os.listdir(".."), os.listdir("../in") == os.listdir("."), os.getcwd().endswith("/in"))
os.chdir(".."); print(os.listdir(), open("in/f").read()); os.chdir("in"); os.chdir("/"); print(os.getcwd())`;
    expect(await inMount(place.inside, code)).toEqual(
      fine(`in in
[Errno 2] No such file or directory: '../../../out/secret'
[Errno 2] No such file or directory: '../../../../../../../../../../etc/passwd'
[Errno 2] No such file or directory: '../../../../../../../../../../proc/self/environ'
['in'] True True
['in'] in
/
`),
    );
  });
});

describe("what is neither file nor directory", () => {
  /** The reason, as the program's error says it. */
  const reason = /^(?:PermissionError|OSError): \[Errno \d+\] .*(?:pipe|socket|device|neither a file nor a directory)/i;
  const opening = (names: readonly string[]) => `
import os, shutil
for name in ${JSON.stringify(names)}:
    for mode in ["rb", "wb", "r+b", "ab"]:
        try: print("opened", open(name, mode))
        except OSError as error: print(f"{type(error).__name__}: {error}")
print(sorted(os.listdir()), [name for name in os.listdir() if os.path.isfile(name) or os.path.isdir(name)])
os.rename(name, "moved"); os.remove("moved"); print(len(os.listdir()))`;

  testUnless(notOnLinux, "such as a pipe or a socket is refused with a reason, and never waited for", async () => {
    await using place = await insideAndOutside();
    Bun.spawnSync(["mkfifo", join(place.inside, "fifo")]);
    const listener = Bun.listen({ unix: join(place.inside, "socket"), socket: { data: () => {} } });
    const { stdout, stderr, exitCode } = await inMount(place.inside, opening(["fifo", "socket"]));
    listener.stop();
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    const lines = stdout.split("\n");
    expect(lines.slice(8)).toEqual(["['fifo', 'socket'] []", "1", ""]);
    for (const line of lines.slice(0, 8)) expect(line).toMatch(reason);
  });

  testUnless(notRoot, "such as a device is refused with a reason", async () => {
    await using place = await insideAndOutside();
    Bun.spawnSync(["mknod", join(place.inside, "zero"), "c", "1", "5"]);
    Bun.spawnSync(["mknod", join(place.inside, "tty"), "c", "5", "0"]);
    const { stdout, stderr, exitCode } = await inMount(place.inside, opening(["tty", "zero"]));
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    const lines = stdout.split("\n");
    expect(lines.slice(8)).toEqual(["['tty', 'zero'] []", "1", ""]);
    for (const line of lines.slice(0, 8)) expect(line).toMatch(reason);
  });

  testUnless(notOnLinux, "cannot be made by the program", async () => {
    await using place = await insideAndOutside();
    const code = `
import os, stat
for what in [lambda: os.mknod("f", 0o600 | stat.S_IFCHR, os.makedev(1, 5)), lambda: os.mknod("f", 0o600 | stat.S_IFIFO), lambda: os.mkfifo("f")]:
    try: what(); print("made")
    except (OSError, AttributeError) as error: print(type(error).__name__)
print(os.listdir())`;
    const { stdout, exitCode } = await inMount(place.inside, code);
    expect({ stdout: stdout.replaceAll("AttributeError", "PermissionError"), exitCode }).toEqual({
      stdout: "PermissionError\nPermissionError\nPermissionError\n[]\n",
      exitCode: 0,
    });
    expect(await readdir(place.inside)).toEqual([]);
  });
});

describe("rights that would outlive the program are not given:", () => {
  testUnless(notOnLinux, "no setuid, setgid and sticky bit", async () => {
    await using place = await insideAndOutside();
    await writeFile(join(place.inside, "f"), "");
    const code = `
import os
for bits in [0o4755, 0o2755, 0o6777]:
    try: os.chmod("f", bits)
    except PermissionError as error: pass
    try: os.mkdir(f"d{bits}", bits)
    except PermissionError as error: pass
    try: os.close(os.open(f"f{bits}", os.O_CREAT | os.O_WRONLY, bits))
    except PermissionError as error: pass
print([name for name in os.listdir() if os.stat(name).st_mode & 0o6000])`;
    expect(await inMount(place.inside, code)).toEqual(fine("[]\n"));
    for (const name of await readdir(place.inside))
      expect((await lstat(join(place.inside, name))).mode & 0o6000).toBe(0);
  });

  testUnless(notOnLinux, "no change of a file's owner", async () => {
    await using place = await insideAndOutside();
    await writeFile(join(place.inside, "f"), "");
    const code = `
import os
try: os.chown("f", 1234, 1234); print(os.stat("f").st_uid)
except OSError as error: print(type(error).__name__)`;
    const { stdout } = await inMount(place.inside, code);
    expect(["PermissionError\n", "0\n"]).toContain(stdout);
    const { uid } = await lstat(join(place.inside, "f"));
    expect(uid).toBe(process.getuid?.() ?? -1);
  });
});

describe("/proc", () => {
  testUnless(notOnLinux, "is not there, also in a mount of all", async () => {
    const code = `
import os
print(os.path.exists("/host/proc/self"), os.path.exists("/host/proc/1/environ"), os.path.exists("/host/etc/passwd"))
for path in ["/host/proc/self/environ", "/host/proc/self/mem", "/host/proc/1/root/etc/passwd", "/host/sys/kernel", "/host/proc/self/fd/0"]:
    try: open(path); print("opened", path)
    except OSError as error: print(error)
try: print(os.listdir("/host/proc"))
except OSError as error: print(error)`;
    await using scratch = await scratchDirectory();
    const { stdout, stderr, exitCode } = await inMount(scratch.path, code, ["--mount", "/:/host:ro"]);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    const none = (path: string) => `[Errno 2] No such file or directory: '${path}'\n`;
    expect(stdout).toBe(
      `False False True
${["/host/proc/self/environ", "/host/proc/self/mem", "/host/proc/1/root/etc/passwd"].map(none).join("")}${none("/host/sys/kernel")}${none("/host/proc/self/fd/0")}${none("/host/proc")}`,
    );
  });
});
