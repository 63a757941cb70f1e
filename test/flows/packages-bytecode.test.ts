import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packArchive, unpackArchive } from "../../scripts/archive.ts";
import { TestIndex } from "../support/index-server.ts";
import { PackageHome } from "../support/package-home.ts";
import { buildWheel } from "../support/wheel.ts";

// Several runs of woma each.
setDefaultTimeout(60_000);

const PART = "def fail():\n    raise ValueError('of the package')\n";

const WHEEL = buildWheel({
  name: "compiled",
  version: "1.0",
  files: {
    "compiled/__init__.py": "from compiled import part\nWHERE = __cached__\n",
    "compiled/part.py": PART,
    // Of the same size: code that was compiled from it could be taken for the other's.
    "compiled/unused.py": "NEVER = 'imported' #".padEnd(PART.length - 1, "-").concat("\n"),
    "compiled/broken.py": "this is no Python\n",
  },
});

/** A home whose index has the wheel, and what its cache holds of compiled code. */
async function makeHome() {
  const index = new TestIndex();
  index.add(WHEEL);
  const home = await PackageHome.make({ index });
  const directory = join(home.cache, "bytecode-v1");
  return {
    run: (code: string) => home.run(["-q", "--with", "compiled", "-c", code]),
    archive: () => {
      const [build = ""] = existsSync(directory) ? readdirSync(directory) : [];
      return join(directory, build, `${WHEEL.sha256}.zip`);
    },
    cache: home.cache,
    async [Symbol.asyncDispose]() {
      index[Symbol.dispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

const IMPORT = "import compiled; print(compiled.part.fail.__code__.co_filename)";
const IMPORTED = { stdout: "/lib/python3.14/site-packages/compiled/part.py\n", stderr: "", exitCode: 0 };

/** Replaces a module's code by that of another source. */
function replaceCode(archive: string, module: string, other: string): void {
  const files = new Map(unpackArchive(readFileSync(archive)));
  const code = files.get(other);
  if (code === undefined) throw new Error(`there is no ${other} in the archive`);
  files.set(module, code);
  writeFileSync(archive, packArchive(files));
}

describe("the modules that a program imports from packages", () => {
  test("are compiled for the next program, and no others are", async () => {
    await using home = await makeHome();
    expect(await home.run(IMPORT)).toEqual(IMPORTED);
    const modules = [...unpackArchive(readFileSync(home.archive())).keys()].sort();
    expect(modules).toEqual(["compiled/__init__.py", "compiled/part.py"]);
    expect(await home.run(`${IMPORT}; import compiled.unused`)).toEqual(IMPORTED);
    const more = [...unpackArchive(readFileSync(home.archive())).keys()].sort();
    expect(more).toEqual(["compiled/__init__.py", "compiled/part.py", "compiled/unused.py"]);
  });

  test("are not compiled again by the next program, which loads that code", async () => {
    await using home = await makeHome();
    await home.run(`${IMPORT}; import compiled.unused`);
    // Code under another module's name shows whose is loaded.
    replaceCode(home.archive(), "compiled/part.py", "compiled/unused.py");
    const { stdout } = await home.run("import compiled; print(hasattr(compiled.part, 'NEVER'))");
    expect(stdout).toBe("True\n");
  });

  test("show their source lines in tracebacks, compiled or not", async () => {
    await using home = await makeHome();
    const traceback = [
      "Traceback (most recent call last):",
      '  File "<string>", line 1, in <module>',
      "    import compiled; compiled.part.fail()",
      "                     ~~~~~~~~~~~~~~~~~~^^",
      '  File "/lib/python3.14/site-packages/compiled/part.py", line 2, in fail',
      "    raise ValueError('of the package')",
      "ValueError: of the package",
      "",
    ].join("\n");
    const run = () => home.run("import compiled; compiled.part.fail()");
    expect(await run()).toEqual({ stdout: "", stderr: traceback, exitCode: 1 });
    expect(existsSync(home.archive())).toBe(true);
    expect(await run()).toEqual({ stdout: "", stderr: traceback, exitCode: 1 });
  });

  test("may be no Python, which whoever imports them is told each time", async () => {
    await using home = await makeHome();
    for (let run = 0; run < 2; run++) {
      const { stderr, exitCode } = await home.run("import compiled.broken");
      expect({ exitCode, last: stderr.trim().split("\n").at(-1) }).toEqual({
        exitCode: 1,
        last: "SyntaxError: invalid syntax. Did you mean 'not'?",
      });
    }
  });

  test("are never loaded compiled from where others could have put the code", async () => {
    await using home = await makeHome();
    await home.run(`${IMPORT}; import compiled.unused`);
    replaceCode(home.archive(), "compiled/part.py", "compiled/unused.py");
    for (const [path, mode] of [
      [home.archive(), 0o666],
      [join(home.cache, "bytecode-v1"), 0o777],
      [home.cache, 0o777],
    ] as const) {
      chmodSync(path, mode);
      const { stdout } = await home.run("import compiled; print(hasattr(compiled.part, 'NEVER'))");
      expect([path, stdout]).toEqual([path, "False\n"]);
      chmodSync(path, path === home.archive() ? 0o644 : 0o755);
    }
  });

  test("are compiled anew where the compiled code is damaged or cut short", async () => {
    await using home = await makeHome();
    await home.run(IMPORT);
    const whole = readFileSync(home.archive());
    for (const damaged of [whole.subarray(0, whole.length / 2), Buffer.from("no archive"), Buffer.alloc(0)]) {
      writeFileSync(home.archive(), damaged);
      expect(await home.run(IMPORT)).toEqual(IMPORTED);
    }
  });

  test("are another program's only as they are in the wheel: what a program makes of them stays with it", async () => {
    await using home = await makeHome();
    const poison = `
import os
path = "/lib/python3.14/site-packages/compiled/part.py"
import compiled
os.chmod(path, 0o644)
open(path, "w").write("def fail(): return 'poisoned'")
import importlib
importlib.reload(compiled.part)
print(compiled.part.fail())`;
    expect((await home.run(poison)).stdout).toBe("poisoned\n");
    // Nor is what was compiled before in its way.
    expect((await home.run(poison)).stdout).toBe("poisoned\n");
    const { stderr } = await home.run("import compiled; compiled.part.fail()");
    expect(stderr.trim().split("\n").at(-1)).toBe("ValueError: of the package");
  });
});
