import { describe, expect } from "bun:test";
import { mkdir, open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { childrenOf, residentBytes } from "../support/processes.ts";
import { Terminal } from "../support/pty.ts";
import { startWoma } from "../support/running.ts";
import { type RunOptions, runWoma, scratchDirectory } from "../support/woma.ts";

async function run(args: readonly string[], options: RunOptions = {}) {
  const { stdout, stderr, exitCode } = await runWoma(args, options);
  return { stdout, stderr, exitCode };
}

const fine = (stdout: string) => ({ stdout, stderr: "", exitCode: 0 });

/** A directory with these files. */
async function place(files: Record<string, string>) {
  const scratch = await scratchDirectory();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(scratch.path, name, ".."), { recursive: true });
    await writeFile(join(scratch.path, name), text);
  }
  return scratch;
}

const PROJECT = {
  "main.py": `
import os, sys
import helper, package.module
here = os.path.dirname(os.path.abspath(__file__))
print(__name__, __file__, os.path.relpath(sys.path[0]), helper.NAME, package.module.NAME)
print(open(os.path.join(here, "data", "table.csv")).read(), os.path.exists(__file__), sys.argv[1:])
`,
  "helper.py": "NAME = 'helper'",
  "package/__init__.py": "",
  "package/__main__.py": "import sys; print('package as main', sys.argv[1:], open('data/table.csv').read())",
  "package/module.py":
    "import importlib.resources; NAME = importlib.resources.files(__package__).joinpath('text.txt').read_text()",
  "package/text.txt": "resource",
  "data/table.csv": "1,2",
};

describe("a program that lies on a mount", () => {
  testUnless(notOnLinux, "finds itself, its modules and its data, from wherever it is started", async () => {
    await using project = await place(PROJECT);
    await using elsewhere = await scratchDirectory();
    const path = join(project.path, "main.py");
    const shown = (file: string, relative: string) =>
      fine(`__main__ ${file} ${relative} helper resource\n1,2 True ['-a', 'b']\n`);
    expect(await run(["--mount", ".", "main.py", "-a", "b"], { cwd: project.path })).toEqual(shown(path, "."));
    expect(await run([`--allow-read=${project.path}`, path, "-a", "b"], { cwd: elsewhere.path })).toEqual(
      shown(path, `../${project.path.split("/").at(-1)}`),
    );
  });

  testUnless(notOnLinux, "is run by -m, a module or a package, and by a directory's name", async () => {
    await using project = await place({ ...PROJECT, "__main__.py": "import helper; print('directory', helper.NAME)" });
    const inProject = (...args: string[]) => run(["--mount", ".", ...args], { cwd: project.path });
    expect(await inProject("-m", "package", "x")).toEqual(fine("package as main ['x'] 1,2\n"));
    expect(await inProject("-m", "helper")).toEqual(fine(""));
    expect(await inProject(".")).toEqual(fine("directory helper\n"));
  });

  testUnless(notOnLinux, "is found by -c and at the prompt in the current directory", async () => {
    await using project = await place(PROJECT);
    const code = "import helper, sys; print(helper.NAME, helper.__file__, repr(sys.path[0]))";
    expect(await run(["--mount", ".", "-c", code], { cwd: project.path })).toEqual(
      fine(`helper ${project.path}/helper.py ''\n`),
    );
    await using terminal = await Terminal.open(["--mount", "."], { home: project.path });
    expect(await terminal.enter("import helper; helper.NAME")).toBe("'helper'");
    expect(await terminal.enter("open('data/table.csv').read()")).toBe("'1,2'");
  });

  testUnless(
    notOnLinux,
    "leaves nothing behind but the __pycache__ that python3 leaves too, and with -B nothing",
    async () => {
      await using project = await place(PROJECT);
      const left = async () => (await readdir(project.path, { recursive: true })).sort();
      const before = await left();
      for (const args of [
        ["--mount", ".:ro", "main.py"],
        ["-B", "--mount", ".", "main.py"],
        ["--mount", ".", "-"],
      ])
        expect((await run(args, { cwd: project.path, stdin: "import sys" })).stderr).toBe("");
      expect(await left()).toEqual(before);
      for (const args of [["main.py"], ["-m", "package"], ["-c", "import helper, package.module"]])
        expect((await run(["--mount", ".", ...args], { cwd: project.path })).stderr).toBe("");
      const added = (await left()).filter((name) => !before.includes(name));
      expect(added.filter((name) => !name.split("/").includes("__pycache__"))).toEqual([]);
    },
  );

  testUnless(notOnLinux, "sees a module that it writes itself", async () => {
    await using project = await place({});
    const code = `
import importlib, pathlib
pathlib.Path("made.py").write_text("VALUE = 1"); importlib.invalidate_caches(); import made; print(made.VALUE)
pathlib.Path("made.py").write_text("VALUE = 22"); importlib.reload(made); print(made.VALUE)
pathlib.Path("made.py").unlink(); print(made.VALUE)`;
    await writeFile(join(project.path, "script.py"), code);
    for (const args of [["-c", code], ["script.py"], ["-m", "script"], ["-"]])
      expect(await run(["--mount", ".", ...args], { cwd: project.path, stdin: code })).toEqual(fine("1\n22\n22\n"));
  });

  testUnless(notOnLinux, "may be read-only, with a writable place beside", async () => {
    await using project = await place({
      "main.py": "open('out/f', 'w').write('made')\nopen('g', 'w')",
      "out/.keep": "",
    });
    const { stderr, exitCode } = await run(["--mount", ".:ro", "--mount", "out", "main.py"], { cwd: project.path });
    expect(exitCode).toBe(1);
    expect(stderr).toEndWith(
      `PermissionError: [Errno 13] Permission denied: read-only grant (--mount .:ro); allow writing with --allow-write=${project.path}: 'g'\n`,
    );
    expect(await readFile(join(project.path, "out/f"), "utf8")).toBe("made");
  });

  testUnless(
    notOnLinux,
    "on standard input leaves nothing on a mount at /tmp, /home or its own directory",
    async () => {
      await using project = await place({});
      for (const guest of ["/tmp", "/home", "/home/woma", project.path]) {
        const outcome = await run(["--mount", `.:${guest}`], { cwd: project.path, stdin: "print(__file__)" });
        expect({ guest, ...outcome, left: await readdir(project.path) }).toEqual({
          guest,
          ...fine(outcome.stdout),
          left: [],
        });
      }
    },
  );
});

describe("a working directory", () => {
  testUnless(notOnLinux, "is the user's, whether it is mounted or not", async () => {
    await using project = await place({ "sub/f": "text" });
    const cwd = join(project.path, "sub");
    const code = "import os; print(os.getcwd(), os.listdir(), os.environ['PWD'])";
    expect(await run(["-c", code], { cwd })).toEqual(fine(`${cwd} [] ${cwd}\n`));
    expect(await run(["--mount", "..", "-c", code], { cwd })).toEqual(fine(`${cwd} ['f'] ${cwd}\n`));
    expect(await run(["--allow-read=f", "-c", code], { cwd })).toEqual(fine(`${cwd} ['f'] ${cwd}\n`));
    expect(await run([`--mount=${project.path}:/data`, "-c", code], { cwd })).toEqual(fine(`${cwd} [] ${cwd}\n`));
  });

  testUnless(notOnLinux, "can be changed in a mount, out of it and back", async () => {
    await using project = await place({ "a/b/f": "text", g: "top" });
    const code = `
import os, pathlib
top = os.getcwd(); relative = lambda: os.path.relpath(os.getcwd(), top)
os.chdir("a/b"); print(relative(), open("f").read(), open("../../g").read(), os.path.abspath("f") == top + "/a/b/f")
os.chdir(".."); print(relative(), os.listdir(), pathlib.Path("b/../b/./f").read_text(), str(pathlib.Path("b/f").resolve().relative_to(top)))
os.chdir("/"); print(os.getcwd(), os.path.exists("g")); open("own", "w").write("own"); os.chdir("/tmp"); os.chdir(top); print(relative(), os.path.exists("own"))
for wrong in ["g", "none", "a/none"]:
    try: os.chdir(wrong)
    except OSError as error: print(error)`;
    expect(await run(["--mount", ".", "-c", code], { cwd: project.path })).toEqual(
      fine(`a/b text top True
a ['b'] text a/b/f
/ False
. False
[Errno 20] Not a directory: 'g'
[Errno 2] No such file or directory: 'none'
[Errno 2] No such file or directory: 'a/none'
`),
    );
  });
});

describe("a file of 2 GB", () => {
  const ROWS = "id,name,value\n1,one,1.5\n2,two,2.5\n";
  const SIZE = 2 * 1024 ** 3;

  testUnless(notOnLinux, "is read through, and never held whole", async () => {
    await using place = await scratchDirectory();
    const file = await open(join(place.path, "big.csv"), "w");
    await file.write(ROWS, 0);
    // Holes read as NULs, which are not lines: so a line's end every 16 MB.
    for (let at = 16 * 1024 ** 2; at < SIZE; at += 16 * 1024 ** 2) await file.write("\n9,nine,9.5\n", at);
    await file.truncate(SIZE);
    await file.close();
    const code = `
import csv, os
os.chdir(${JSON.stringify(place.path)})
print(os.path.getsize("big.csv"), os.stat("big.csv").st_size, flush=True)
with open("big.csv", newline="") as file:
    rows = csv.DictReader(line for line in file if "\\0" not in line)
    print([(row["name"], float(row["value"])) for row, _ in zip(rows, range(2))], flush=True)
lines = nines = total = 0
with open("big.csv", "rb", buffering=0) as file:
    while chunk := file.read(1 << 20): total += len(chunk); nines += chunk.count(b"nine")
    print(total, nines, file.seek(-5, 2), file.read(), file.seek(16 << 20), file.read(11))
with open("big.csv", "r+b") as file: file.seek(2**31 - 10); file.write(b"end"); file.truncate()
print(os.path.getsize("big.csv"))`;
    await using started = await startWoma([`--mount=${place.path}`, "-c", code]);
    let peak = 0;
    let over = false;
    void started.woma.child.exited.then(() => {
      over = true;
    });
    while (!over) {
      const { pid } = started.woma;
      peak = Math.max(
        peak,
        [pid, ...childrenOf(pid)].map(residentBytes).reduce((sum, bytes) => sum + bytes, 0),
      );
      await Bun.sleep(50);
    }
    const { stdout, stderr, exitCode } = await started.woma.end(60_000);
    expect({ stdout, stderr, exitCode }).toEqual(
      fine(`2147483648 2147483648
[('one', 1.5), ('two', 2.5)]
2147483648 127 2147483643 b'\\x00\\x00\\x00\\x00\\x00' 16777216 b'\\n9,nine,9.5'
2147483641
`),
    );
    expect(Math.round(peak / 1024 ** 2)).toBeLessThan(400);
    expect(peak).toBeGreaterThan(0);
  });

  testUnless(notOnLinux, "and one of 5 GB is told, sought and written past what 32 bits hold", async () => {
    await using place = await scratchDirectory();
    const code = `
import os
with open("huge", "w+b") as file:
    print(file.truncate(5 * 2**30), file.seek(5 * 2**30 - 3), file.read(), file.seek(2**32 + 7), file.write(b"past"), file.flush(), file.seek(2**32 + 5), file.read(8))
print(os.stat("huge").st_size, os.path.getsize("huge") == 5 * 2**30, os.stat("huge").st_blocks < 10_000)
os.truncate("huge", 2**32 + 9); print(os.path.getsize("huge")); descriptor = os.open("huge", os.O_RDWR); print(os.pread(descriptor, 10, 2**32 + 6), os.lseek(descriptor, 0, os.SEEK_END))`;
    expect(await run(["--mount=.", "-c", code], { cwd: place.path })).toEqual(
      fine(
        "5368709120 5368709117 b'\\x00\\x00\\x00' 4294967303 4 None 4294967301 b'\\x00\\x00past\\x00\\x00'\n5368709120 True True\n4294967305\nb'\\x00pa' 4294967305\n",
      ),
    );
  });
});

describe("transfers", () => {
  testUnless(notOnLinux, "arrive whole, in any sizes", async () => {
    await using place = await scratchDirectory();
    const code = `
import hashlib, os, random
random.seed(1); data = random.randbytes(9_000_001)
with open("f", "wb", buffering=0) as file:
    at = 0
    while at < len(data): at += file.write(data[at:at + random.choice([1, 4095, 65536, 1_048_577, 3_000_000])])
print(os.path.getsize("f"), open("f", "rb").read() == data)
with open("f", "rb") as file: print(hashlib.file_digest(file, "sha256").hexdigest() == hashlib.sha256(data).hexdigest())
parts = []
with open("f", "rb", buffering=0) as file:
    while part := file.read(random.choice([1000, 65537, 2_000_000])): parts.append(part)
print(b"".join(parts) == data)`;
    expect(await run(["--mount=.", "-c", code], { cwd: place.path })).toEqual(fine("9000001 True\nTrue\nTrue\n"));
    expect((await readFile(join(place.path, "f"))).length).toBe(9_000_001);
  });
});
