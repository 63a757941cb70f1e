import { describe, expect } from "bun:test";
import { appendFile, mkdir, open, readFile, rename, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { startWoma } from "../support/running.ts";
import { runWoma, scratchDirectory } from "../support/woma.ts";

/** Ends a line with the answer of each of these, at each press of Enter. */
const ASKING = `
import os
def ask(what):
    try: return what()
    except OSError as error: return type(error).__name__
questions = [
    lambda: open("x").read(), lambda: os.path.getsize("x"), lambda: os.path.isdir("x"), lambda: sorted(os.listdir("x")),
    lambda: sorted(os.listdir()), lambda: oct(os.stat("x").st_mode), lambda: os.stat("x").st_mtime, lambda: os.readlink("x"),
]
print("ready", flush=True)
while input(): print(*map(ask, questions), sep="|", flush=True)
`;

describe("a program sees at once what another has done to a directory:", () => {
  testUnless(notOnLinux, "made, changed, grown, cut, replaced, removed and made anew as something else", async () => {
    await using started = await startWoma(["--mount", ".", "-c", ASKING]);
    const { woma } = started;
    const path = join(woma.home, "x");
    const settle = () => utimes(path, 1000, 1000);
    const steps: (readonly [what: () => Promise<unknown>, answer: string])[] = [
      [
        async () => {},
        "FileNotFoundError|FileNotFoundError|False|FileNotFoundError|[]|FileNotFoundError|FileNotFoundError|FileNotFoundError",
      ],
      [
        () => writeFile(path, "one", { mode: 0o640 }).then(settle),
        "one|3|False|NotADirectoryError|['x']|0o100640|1000.0|OSError",
      ],
      [() => appendFile(path, "+two").then(settle), "one+two|7|False|NotADirectoryError|['x']|0o100640|1000.0|OSError"],
      [() => truncate(path, 2).then(settle), "on|2|False|NotADirectoryError|['x']|0o100640|1000.0|OSError"],
      [
        async () => {
          const other = join(woma.home, "other");
          await writeFile(other, "replaced", { mode: 0o600 });
          await rename(other, path);
          await utimes(path, 5, 2000.5);
        },
        "replaced|8|False|NotADirectoryError|['x']|0o100600|2000.5|OSError",
      ],
      [
        () => rm(path),
        "FileNotFoundError|FileNotFoundError|False|FileNotFoundError|[]|FileNotFoundError|FileNotFoundError|FileNotFoundError",
      ],
      [
        async () => {
          await mkdir(path, { mode: 0o750 });
          await writeFile(join(path, "inside"), "");
          await settle();
        },
        "IsADirectoryError|SIZE|True|['inside']|['x']|0o40750|1000.0|OSError",
      ],
      [
        async () => {
          await rename(join(path, "inside"), join(path, "renamed"));
          await settle();
        },
        "IsADirectoryError|SIZE|True|['renamed']|['x']|0o40750|1000.0|OSError",
      ],
      [
        async () => {
          await rm(path, { recursive: true });
          await writeFile(join(woma.home, "y"), "linked");
          await symlink("y", path);
          await utimes(join(woma.home, "y"), 1, 3000);
        },
        "linked|6|False|NotADirectoryError|['x', 'y']|0o100644|3000.0|y",
      ],
      [
        async () => {
          await rm(path);
          await mkdir(path, { mode: 0o700 });
          await settle();
        },
        "IsADirectoryError|SIZE|True|[]|['x', 'y']|0o40700|1000.0|OSError",
      ],
      [
        async () => {
          await rm(path, { recursive: true });
          await writeFile(path, "a file again", { mode: 0o600 });
          await settle();
        },
        "a file again|12|False|NotADirectoryError|['x', 'y']|0o100600|1000.0|OSError",
      ],
    ];
    await woma.writes("ready\n");
    const shown: string[] = [];
    for (const [change] of steps) {
      await change();
      const before = woma.stdout.split("\n").length;
      woma.type("next\n");
      while (woma.stdout.split("\n").length === before) await Bun.sleep(5);
      // A directory's size is its file system's own affair.
      shown.push((woma.stdout.split("\n").at(-2) ?? "").replace(/^(IsADirectoryError\|)\d+/, "$1SIZE"));
    }
    expect(shown).toEqual(steps.map(([, answer]) => answer));
    woma.type("\n");
    expect(await woma.end()).toMatchObject({ stderr: "", exitCode: 0 });
  });

  testUnless(notOnLinux, "in a file that it holds open, in the directory that it stands in", async () => {
    const code = `
import os
os.chdir("work")
file = open("f", "r+"); print(file.read(), os.fstat(file.fileno()).st_size, flush=True); input()
print(file.read(), os.fstat(file.fileno()).st_size, flush=True); input()
print(file.seek(0), file.read(), os.fstat(file.fileno()).st_nlink, os.path.exists("f"), os.listdir(), flush=True); input()
try: print(os.listdir())
except FileNotFoundError as error: print(error)
try: open("new", "w")
except FileNotFoundError as error: print(error)
os.chdir("/"); file.close()`;
    await using scratch = await scratchDirectory();
    await mkdir(join(scratch.path, "work"));
    await writeFile(join(scratch.path, "work/f"), "first");
    await using started = await startWoma([
      "--mount",
      scratch.path,
      "-c",
      `import os; os.chdir(${JSON.stringify(scratch.path)})\n${code}`,
    ]);
    const { woma } = started;
    await woma.writes("first 5\n");
    await appendFile(join(scratch.path, "work/f"), ", second");
    woma.type("\n");
    await woma.writes(", second 13\n");
    await rm(join(scratch.path, "work/f"));
    await writeFile(join(scratch.path, "work/g"), "");
    woma.type("\n");
    await woma.writes("0 first, second 0 False ['g']\n");
    await rm(join(scratch.path, "work"), { recursive: true });
    woma.type("\n");
    expect(await woma.end()).toMatchObject({
      stdout: `first 5
, second 13
0 first, second 0 False ['g']
[Errno 2] No such file or directory: '.'
[Errno 2] No such file or directory: 'new'
`.replace("directory: '.'", "directory"),
      stderr: "",
      exitCode: 0,
    });
  });

  testUnless(notOnLinux, "while it lists: a file that goes away in between is no error", async () => {
    await using started = await startWoma([
      ...["--mount", ".", "-c"],
      `
import os
entries = os.scandir(); print("listing", flush=True); input()
for name in os.listdir(): open(name).close()
print(sorted(entry.name for entry in entries) in ([], ["a", "b"]), os.listdir())`,
    ]);
    for (const name of ["a", "b"]) await writeFile(join(started.woma.home, name), "");
    await started.woma.writes("listing");
    for (const name of ["a", "b"]) await rm(join(started.woma.home, name));
    started.woma.type("\n");
    expect(await started.woma.end()).toMatchObject({ stdout: "listing\nTrue []\n", stderr: "", exitCode: 0 });
  });
});

describe("two processes and one file:", () => {
  testUnless(notOnLinux, "what each appends is all there, whole lines", async () => {
    await using scratch = await scratchDirectory();
    const lines = (who: string) => `
import os
descriptor = os.open("log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
for n in range(2000): os.write(descriptor, b"${who} %d\\n" % n)`;
    const [first, second] = await Promise.all(
      ["a", "b"].map((who) => runWoma(["--mount", ".", "-c", lines(who)], { cwd: scratch.path })),
    );
    const native = await open(join(scratch.path, "log"), "a");
    await native.write("end\n");
    await native.close();
    expect([first?.stderr, second?.stderr]).toEqual(["", ""]);
    const written = (await readFile(join(scratch.path, "log"), "utf8")).split("\n");
    const of = (who: string) => written.filter((line) => line.startsWith(who));
    const counted = (who: string) => Array.from({ length: 2000 }, (_, n) => `${who} ${n}`);
    expect(written.length).toBe(4002);
    expect([of("a"), of("b"), written.at(-2)]).toEqual([counted("a"), counted("b"), "end"]);
  });

  testUnless(notOnLinux, "of those that make it with O_EXCL exactly one does", async () => {
    await using scratch = await scratchDirectory();
    const code = `
import os
for n in range(300):
    try: os.close(os.open(f"f{n}", os.O_CREAT | os.O_EXCL | os.O_WRONLY)); print(n)
    except FileExistsError: pass`;
    const runs = await Promise.all([1, 2, 3].map(() => runWoma(["--mount", ".", "-c", code], { cwd: scratch.path })));
    const made = runs.flatMap(({ stdout }) => stdout.trim().split("\n").filter(Boolean).map(Number));
    expect(runs.map(({ stderr, exitCode }) => ({ stderr, exitCode }))).toEqual(
      runs.map(() => ({ stderr: "", exitCode: 0 })),
    );
    expect(made.sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, n) => n));
  });
});

describe("what a program has written is not lost", () => {
  for (const [how, stop] of [
    ["its broker is killed", async (pid: number, _cell: number) => process.kill(pid, "SIGKILL")],
    ["its cell is killed", async (_pid: number, cell: number) => process.kill(cell, "SIGKILL")],
  ] as const) {
    testUnless(notOnLinux, `when ${how} after a flush`, async () => {
      const code = `
import os, sqlite3
file = open("log", "w")
for n in range(1000): file.write(f"{n}\\n")
file.flush(); os.fsync(file.fileno()); file.write("never flushed")
raw = open("raw", "wb", buffering=0); raw.write(b"r" * 100_000)
connection = sqlite3.connect("db"); connection.execute("create table t (n)"); connection.execute("insert into t values (42)"); connection.commit()
connection.execute("insert into t values (43)")
directory = os.open(".", os.O_RDONLY); os.fsync(directory); os.fdatasync(file.fileno()); os.sync()
print("written", flush=True); input()`;
      await using started = await startWoma(["--mount", ".", "-c", code]);
      const { woma } = started;
      await woma.writes("written");
      await stop(woma.pid, await woma.cell());
      await woma.end();
      expect(await readFile(join(woma.home, "log"), "utf8")).toBe(
        Array.from({ length: 1000 }, (_, n) => `${n}\n`).join(""),
      );
      expect(await readFile(join(woma.home, "raw"), "utf8")).toBe("r".repeat(100_000));
      const rows = "import sqlite3; print(sqlite3.connect('db').execute('select n from t').fetchall())";
      expect(await runWoma(["--mount", ".", "-c", rows], { cwd: woma.home })).toMatchObject({
        stdout: "[(42,)]\n",
        stderr: "",
      });
    });
  }
});
