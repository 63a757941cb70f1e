import { describe, expect } from "bun:test";
import { chmod, chown, copyFile, lstat, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtBinary } from "../support/binary.ts";
import { notOnLinux, notRoot, testUnless } from "../support/loud-skip.ts";
import { Terminal } from "../support/pty.ts";
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

describe("without a grant", () => {
  testUnless(
    notOnLinux,
    "a program sees of the user's files itself alone, and imports what lies beside it",
    async () => {
      await using work = await place({
        "script.py": `
import glob, os, sys
import beside, package
print(__file__ == os.path.abspath("script.py"), open(__file__).read()[1:5], beside.VALUE, package.VALUE)
print([name for name in ["beside.py", "data.txt", "package", "/etc/passwd", "/etc", "/root", "..", "/proc/self/environ", "/usr/bin/env"] if os.path.isfile(name)])
print(os.listdir(), glob.glob("*.txt"))
for name in ["data.txt", "/etc/passwd", "/proc/self/environ", "../work/data.txt"]:
    try: open(name)
    except FileNotFoundError as error: print(error)
open("data.txt", "w").write("mine")
print(open("data.txt").read())
`,
        "beside.py": "VALUE = 1",
        "package/__init__.py": "VALUE = 2",
        "data.txt": "SECRET",
      });
      expect(await run(["script.py"], { cwd: work.path })).toEqual(
        fine(`True impo 1 2
[]
['script.py'] []
[Errno 2] No such file or directory: 'data.txt'
[Errno 2] No such file or directory: '/etc/passwd'
[Errno 2] No such file or directory: '/proc/self/environ'
[Errno 2] No such file or directory: '../work/data.txt'
mine
`),
      );
      expect(await readFile(join(work.path, "data.txt"), "utf8")).toBe("SECRET");
      expect((await readdir(work.path)).sort()).toEqual(["beside.py", "data.txt", "package", "script.py"]);
    },
  );

  testUnless(notOnLinux, "a program cannot tell a file that exists from one that does not, in any way", async () => {
    await using work = await place({ thing: "SECRET", "place/inner": "" });
    await symlink("/etc/passwd", join(work.path, "link"));
    const code = `${TRYING}
import hashlib
for name in ["NAME", "NAME/inner", os.path.abspath("NAME"), "./NAME/.", "NAME/.."]:
    for what in [open, os.stat, os.lstat, os.listdir, os.readlink, os.remove, os.rmdir, os.chdir, os.path.exists, os.path.isdir, lambda n: os.rename(n, "z"),
                 lambda n: os.chmod(n, 0), lambda n: os.utime(n), lambda n: os.truncate(n, 0), lambda n: os.access(n, 0), lambda n: open(n, "r+"), os.statvfs]:
        attempt(lambda: what(name))
`;
    const outcomes = await Promise.all(
      ["thing", "place", "never"].map((name) =>
        run(["-c", code.replaceAll("NAME", name)], { cwd: work.path }).then((outcome) => ({
          ...outcome,
          stdout: outcome.stdout.replaceAll(name, "NAME"),
        })),
      ),
    );
    const [file, directory, absent] = outcomes;
    expect([file, directory]).toEqual([absent, absent]);
    expect(absent).toMatchObject({ stderr: "", exitCode: 0 });
    expect((await readdir(work.path)).sort()).toEqual(["link", "place", "thing"]);
  });
});

describe("a path that a flag would show", () => {
  const onTerminal = async (code: string) => {
    await using work = await place({ "data.txt": "text", "sub/x": "x" });
    await writeFile(join(work.path, "s.py"), code);
    await using terminal = await Terminal.open(["s.py"], { home: work.path, env: { NO_COLOR: "1" } });
    const exitCode = await terminal.ends();
    return { exitCode, shown: terminal.screen.text.replaceAll(work.path, "WORK") };
  };

  testUnless(notOnLinux, "is named on a terminal, once, with the flag; the program is not told", async () => {
    const code = `
import os
for _ in range(3):
    try: open("data.txt")
    except FileNotFoundError as error: print(error, error.__dict__, getattr(error, "__notes__", None), os.path.exists("data.txt"))
open("data.txt")`;
    const told = "[Errno 2] No such file or directory: 'data.txt'";
    expect(await onTerminal(code)).toEqual({
      exitCode: 1,
      shown: `${Array(3).fill(`${told} {} None False`).join("\n")}
Traceback (most recent call last):
  File "WORK/s.py", line 6, in <module>
    open("data.txt")
    ~~~~^^^^^^^^^^^^
FileNotFoundError: ${told}

hint: --allow-read=data.txt lets the program read it`,
    });
  });

  testUnless(notOnLinux, "that does not exist is not named", async () => {
    expect(await onTerminal("open('absent.txt')")).toEqual({
      exitCode: 1,
      shown: `Traceback (most recent call last):
  File "WORK/s.py", line 1, in <module>
    open('absent.txt')
    ~~~~^^^^^^^^^^^^^^
FileNotFoundError: [Errno 2] No such file or directory: 'absent.txt'`,
    });
  });

  testUnless(notOnLinux, "is not named when the program went on without it", async () => {
    const code = "import os\ntry: open('data.txt')\nexcept OSError: print('goes on', os.path.exists('sub'))";
    expect(await onTerminal(code)).toEqual({ exitCode: 0, shown: "goes on False" });
  });

  for (const [what, code, said, flag] of [
    ["the program tells of it in its own words", "open('data.txt')", "cannot read", "--allow-read=data.txt"],
    ["a new file is to be written there", "open('sub/new', 'w')", "cannot read", "--allow-write=sub"],
  ] as const) {
    testUnless(notOnLinux, `is named when ${what} and fails`, async () => {
      const program = `import sys\ntry: ${code}\nexcept OSError: sys.exit("${said}")`;
      const { exitCode, shown } = await onTerminal(program);
      expect({ exitCode, first: shown.split("\n")[0] }).toEqual({ exitCode: 1, first: said });
      expect(shown).toContain(`hint: ${flag}`);
    });
  }

  testUnless(notOnLinux, "is not named on a pipe or in a file", async () => {
    await using work = await place({ "data.txt": "text" });
    const code = "try: open('data.txt')\nexcept FileNotFoundError as error: print(error)";
    expect(await run(["-c", code], { cwd: work.path })).toEqual(
      fine("[Errno 2] No such file or directory: 'data.txt'\n"),
    );
    const shell = await Terminal.open([], {
      home: work.path,
      command: ["sh", "-c", `{woma} -c "open('data.txt')" 2>errors; echo status $?`],
    });
    await using terminal = shell;
    await terminal.ends();
    expect(terminal.screen.text).toBe("status 1");
    expect(await readFile(join(work.path, "errors"), "utf8")).toBe(
      `Traceback (most recent call last):
  File "<string>", line 1, in <module>
    open('data.txt')
    ~~~~^^^^^^^^^^^^
FileNotFoundError: [Errno 2] No such file or directory: 'data.txt'
`,
    );
  });

  for (const args of [[], ["--reset-globals"]]) {
    testUnless(notOnLinux, `is named at the prompt${args.map((arg) => ` of ${arg}`).join("")}`, async () => {
      await using work = await place({ "data.txt": "text" });
      await using terminal = await Terminal.open(args, { home: work.path });
      const shown = await terminal.enter("open('data.txt')");
      expect(shown).toContain("FileNotFoundError: [Errno 2] No such file or directory: 'data.txt'");
      expect(shown.replaceAll("\n", "")).toMatch(/hint: .*(?:--allow-read|--mount)/);
      expect(await terminal.enter("open('absent.txt')")).not.toContain("hint");
      await terminal.prompts();
    });
  }
});

describe("--allow-read and --allow-write", () => {
  testUnless(notOnLinux, "give what they name, at its own path, and nothing beside", async () => {
    await using work = await place({ "in/r.txt": "r", "out/w.txt": "w", "a,b.txt": "comma", "none.txt": "n" });
    const code = `${TRYING}
print(sorted(os.listdir()), open("in/r.txt").read(), open("a,b.txt").read())
open("out/w.txt", "a").write("+"); open("out/new.txt", "w")
attempt(lambda: open("in/r.txt", "w")); attempt(lambda: open("a,b.txt", "a")); attempt(lambda: open("none.txt"))`;
    expect(
      await run(["--allow-read=in,a,,b.txt", `--allow-write=${work.path}/out/`, "-c", code], { cwd: work.path }),
    ).toEqual(
      fine(`['a,b.txt', 'in', 'out'] r comma
PermissionError: [Errno 13] Permission denied: read-only grant (--allow-read=in); allow writing with --allow-write=${work.path}/in: 'in/r.txt'
PermissionError: [Errno 13] Permission denied: read-only grant (--allow-read=a,,b.txt); allow writing with --allow-write=${work.path}/a,,b.txt: 'a,b.txt'
FileNotFoundError: [Errno 2] No such file or directory: 'none.txt'
`),
    );
    expect((await readdir(join(work.path, "out"))).sort()).toEqual(["new.txt", "w.txt"]);
  });

  testUnless(notOnLinux, "of one path together let it be written", async () => {
    await using work = await place({ f: "f" });
    const code = "open('f', 'a').write('+'); print(open('f').read())";
    for (const args of [
      ["--allow-read=.", "--allow-write=."],
      ["--allow-write=.", "--allow-read=."],
    ]) {
      await writeFile(join(work.path, "f"), "f");
      expect(await run([...args, "-c", code], { cwd: work.path })).toEqual(fine("f+\n"));
    }
  });

  testUnless(notOnLinux, "of a link give what it names", async () => {
    await using work = await place({ "real/f": "text" });
    await symlink("real", join(work.path, "link"));
    const code = "import os; print(open('link/f').read(), os.path.exists('real'))";
    const { stdout, stderr, exitCode } = await run(["--allow-read=link", "-c", code], { cwd: work.path });
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toMatch(/^text (?:True|False)\n$/);
  });
});

describe("--allow-env", () => {
  const env = { SECRET: "s", AWS_KEY: "k", AWS_ID: "i", LANG: "de_DE", EMPTY: "" };
  const code = `
import os
print(sorted(name for name in os.environ if name in ["SECRET", "AWS_KEY", "AWS_ID", "EMPTY", "PATH"]), os.environ.get("AWS_KEY"), os.environ.get("EMPTY"), os.environ["HOME"] == "/home/woma")`;

  for (const [args, shown] of [
    [[], "['PATH'] None None True"],
    [["--allow-env=AWS_KEY"], "['AWS_KEY', 'PATH'] k None True"],
    [["--allow-env", "AWS_*,EMPTY"], "['AWS_ID', 'AWS_KEY', 'EMPTY', 'PATH'] k  True"],
    [["--allow-env=AWS_ID", "--allow-env=SECRET,ABSENT"], "['AWS_ID', 'PATH', 'SECRET'] None None True"],
    [["--allow-env=AWS"], "['PATH'] None None True"],
    [["--allow-env=HOME"], "['PATH'] None None False"],
  ] as const) {
    testUnless(notOnLinux, `${args.join(" ") || "not given"}: ${shown}`, async () => {
      expect(await run([...args, "-c", code], { env })).toEqual(fine(`${shown}\n`));
    });
  }
});

describe("a write through a read-only grant", () => {
  const flags = [
    ["--mount .:ro", (path: string) => `read-only grant (--mount .:ro); allow writing with --allow-write=${path}`],
    ["--allow-read=.", (path: string) => `read-only grant (--allow-read=.); allow writing with --allow-write=${path}`],
  ] as const;
  for (const [flag, words] of flags) {
    testUnless(notOnLinux, `is a PermissionError that names the flag, for ${flag}; reading goes on`, async () => {
      await using work = await place({ f: "text", "d/x": "x" });
      const code = `${TRYING}
for mode in ["w", "a", "r+", "x", "w+", "rb+"]: attempt(lambda: open("f" if mode != "x" else "new", mode))
for what in [lambda: os.remove("f"), lambda: os.unlink("f"), lambda: os.mkdir("new"), lambda: os.rmdir("d"), lambda: os.chmod("f", 0o600), lambda: os.utime("f"), lambda: os.truncate("f", 0),
             lambda: os.open("f", os.O_RDWR), lambda: os.open("new", os.O_CREAT), lambda: os.open("f", os.O_RDONLY | os.O_TRUNC), lambda: shutil.copyfile("/tmp/own", "f"),
             lambda: pathlib.Path("f").write_text("x"), lambda: pathlib.Path("new").touch(), lambda: os.makedirs("d/e/f")]: attempt(what)
try: shutil.rmtree("d")
except PermissionError as error: print(error.strerror)
attempt(lambda: os.rename("f", "g")); attempt(lambda: os.replace("f", "d/x")); attempt(lambda: os.symlink("f", "l"))
print(open("f").read(), sorted(os.listdir()), os.listdir("d"), os.path.getsize("f"), os.access("f", os.R_OK), os.access("f", os.W_OK), oct(os.stat("f").st_mode))`;
      const { stdout, stderr, exitCode } = await run(
        [...flag.split(/ (?=\.)/), "-c", `open("/tmp/own", "w")\n${code}`],
        {
          cwd: work.path,
        },
      );
      const denied = (name: string) =>
        `PermissionError: [Errno 13] Permission denied: ${words(work.path)}: ${name.replaceAll("|", "'")}`;
      expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
      expect(stdout.split("\n")).toEqual([
        ..."f f f new f f".split(" ").map((name) => denied(`|${name}|`)),
        ..."f f new d f f f f new f f f new".split(" ").map((name) => denied(`|${name}|`)),
        denied("|d/e|"),
        `Permission denied: ${words(work.path)}`,
        ...["|f| -> |g|", "|f| -> |d/x|", "|f| -> |l|"].map(denied),
        "text ['d', 'f'] ['x'] 4 True False 0o100644",
        "",
      ]);
      expect([await readFile(join(work.path, "f"), "utf8"), (await readdir(work.path)).sort()]).toEqual([
        "text",
        ["d", "f"],
      ]);
    });
  }

  testUnless(notOnLinux, "is sqlite3's error for a database that is read-only, which can be queried", async () => {
    await using work = await place();
    const making =
      "import sqlite3; c = sqlite3.connect('db'); c.execute('create table t (n)'); c.execute('insert into t values (42)'); c.commit()";
    expect(await run(["--mount", ".", "-c", making], { cwd: work.path })).toEqual(fine(""));
    const code = `${TRYING}
connection = sqlite3.connect("db"); print(connection.execute("select n from t").fetchall())
attempt(lambda: connection.execute("insert into t values (1)")); attempt(lambda: connection.execute("create table u (n)"))
attempt(lambda: sqlite3.connect("new").execute("create table t (n)"))
print(sqlite3.connect("file:db?mode=ro", uri=True).execute("select count(*) from t").fetchall())`;
    expect(await run(["--mount", ".:ro", "-c", code], { cwd: work.path })).toEqual(
      fine(`[(42,)]
OperationalError: attempt to write a readonly database
OperationalError: attempt to write a readonly database
OperationalError: unable to open database file
[(1,)]
`),
    );
    expect(await readdir(work.path)).toEqual(["db"]);
  });

  testUnless(notOnLinux, "is named at the end of a traceback, for the user to read", async () => {
    await using work = await place({ f: "text" });
    expect(await run(["--mount", ".:/data:ro", "-c", "open('/data/f', 'w')"], { cwd: work.path })).toEqual({
      stdout: "",
      stderr: `Traceback (most recent call last):
  File "<string>", line 1, in <module>
    open('/data/f', 'w')
    ~~~~^^^^^^^^^^^^^^^^
PermissionError: [Errno 13] Permission denied: read-only grant (--mount .:/data:ro); allow writing with --mount .:/data: '/data/f'
`,
      exitCode: 1,
    });
  });
});

describe("what the user may not, the program may not:", () => {
  /** Runs what follows as a user without rights. */
  const AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

  testUnless(notRoot, "the system's own refusals are Python's errors, without a word of grants", async () => {
    await using work = await place({ "mine/secret": "s", "mine/open": "o", "roots/f": "f" });
    for (const path of [work.above, work.path]) await chmod(path, 0o755);
    await chmod(join(work.path, "mine/secret"), 0o600);
    for (const path of ["mine", "mine/open"]) await chown(join(work.path, path), 65534, 65534);
    const code = `${TRYING}
for what in [lambda: open("/m/secret").read(), lambda: open("/m/open", "a").write("+"), lambda: open("/m/new", "w").write("1"), lambda: open("/r/f").read(), lambda: open("/r/f", "w"),
             lambda: open("/r/new", "w"), lambda: os.remove("/r/f"), lambda: os.chmod("/r/f", 0o777), lambda: (os.access("/m/secret", os.R_OK), os.access("/r/f", os.W_OK)), lambda: os.remove("/m/secret")]: attempt(what)`;
    const { stdout, stderr, exitCode } = await asNobody(["--mount=mine:/m", "--mount=roots:/r", "-c", code], work.path);
    expect({ stdout, stderr, exitCode }).toEqual(
      fine(`PermissionError: [Errno 13] Permission denied: '/m/secret'
1
1
f
PermissionError: [Errno 13] Permission denied: '/r/f'
PermissionError: [Errno 13] Permission denied: '/r/new'
PermissionError: [Errno 13] Permission denied: '/r/f'
PermissionError: [Errno 1] Operation not permitted: '/r/f'
(False, False)
None
`),
    );
    expect((await lstat(join(work.path, "mine/new"))).uid).toBe(65534);
  });

  testUnless(notRoot, "a grant of what the user may not open is told with its name", async () => {
    await using work = await place({ "closed/f": "f" });
    for (const path of [work.above, work.path]) await chmod(path, 0o755);
    await chmod(join(work.path, "closed"), 0o700);
    const { stdout, stderr, exitCode } = await asNobody(["--mount=closed", "-c", "print(1)"], work.path);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(stderr).toStartWith("error: --mount closed: ");
  });

  async function asNobody(args: readonly string[], cwd: string) {
    // The binary may lie where only root looks.
    await using scratch = await scratchDirectory();
    await chmod(scratch.path, 0o755);
    const binary = join(scratch.path, "woma");
    await copyFile(await builtBinary(), binary);
    const child = Bun.spawn([...AS_NOBODY, binary, ...args], {
      cwd,
      env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent" },
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { stdout, stderr, exitCode: await child.exited };
  }
});

describe("a grant that cannot be", () => {
  const usual = "hint: --mount takes HOST[:GUEST][:ro|rw], for example --mount data:/data:ro\n";
  const spelling = "hint: check the spelling; for a file that is yet to be made, grant its directory\n";
  const cases: readonly (readonly [args: readonly string[], stderr: string])[] = [
    [["--mount"], "error: --mount needs a value\n\nhint: try `woma --help`\n"],
    [["--mount", ""], `error: --mount '': nothing where a path should be\n\n${usual}`],
    [["--mount", "nosuch"], `error: --mount nosuch: no such file or directory\n\n${spelling}`],
    [["--mount=.:rel"], `error: --mount .:rel: the program's path must be absolute, not rel\n\n${usual}`],
    [["--mount", ".:/x:zz"], `error: --mount .:/x:zz: the access is ro or rw, not zz\n\n${usual}`],
    [["--mount", ":/x"], `error: --mount :/x: nothing where a path should be\n\n${usual}`],
    [
      ["--mount", ".:/"],
      "error: --mount .:/: clashes with the interpreter's own /dev\n\nhint: --mount .:/host puts it elsewhere\n",
    ],
    [
      ["--mount", ".:/proc"],
      "error: --mount .:/proc: clashes with the interpreter's own /proc\n\nhint: --mount .:/host/proc puts it elsewhere\n",
    ],
    [
      ["--mount", "/dev/null:/n"],
      "error: --mount /dev/null:/n: a device, neither a file nor a directory\n\nhint: grant a file or a directory\n",
    ],
    [["--allow-read=nosuch"], `error: --allow-read=nosuch: no such file or directory\n\n${spelling}`],
    [
      ["--allow-write="],
      "error: --allow-write='': nothing where a path should be\n\nhint: is the variable that it comes from set?\n",
    ],
    [
      ["--allow-read=,"],
      "error: --allow-read=,: a comma without a path on both sides\n\nhint: write ',,' for a comma in a path\n",
    ],
    [
      ["--allow-env="],
      "error: --allow-env='': nothing where a name should be\n\nhint: is the variable that it comes from set?\n",
    ],
    [
      ["--allow-env=A=B"],
      "error: --allow-env takes names of variables, not A=…\n\nhint: it passes on what is set already: NAME=value woma --allow-env=NAME\n",
    ],
    [
      ["--allow-env=A*B"],
      "error: --allow-env='A*B': not the name of a variable\n\nhint: for example --allow-env=LANG,AWS_*: no spaces, and * at the end only\n",
    ],
  ];
  for (const [args, stderr] of cases) {
    testUnless(notOnLinux, `is told before anything runs: ${args.join(" ")}`, async () => {
      const rest = args.length === 1 && args[0] === "--mount" ? [] : ["-c", "print(1)"];
      expect(await run([...args, ...rest])).toEqual({ stdout: "", stderr, exitCode: 2 });
    });
  }
});
