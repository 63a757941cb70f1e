import { describe, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PRELOADED } from "../src/broker/kernel/preloaded.ts";
import { runWoma, scratchDirectory } from "./support/woma.ts";

/** What python3 on Linux has in sys.modules at its start besides builtin and frozen modules (CPython 3.14). */
const NATIVE = new Set(["encodings"]);

/** Builtin and frozen modules are found before any file, by python3 too, so that no neighbour can hide them. */
const LIST = `
import _imp, sys
loaded = {name.partition(".")[0] for name in sys.modules} & sys.stdlib_module_names
print(*sorted(name for name in loaded - set(sys.builtin_module_names) if not _imp.is_frozen(name)))
`;

async function loadedAtStart(args: readonly string[], stdin = ""): Promise<string[]> {
  const { stdout, stderr, exitCode } = await runWoma(args, { stdin });
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  return stdout
    .trim()
    .split(" ")
    .filter((name) => !NATIVE.has(name));
}

describe("the names that a script's neighbours must be able to hide", () => {
  test("are the modules that an interpreter has from the start and python3 would look for in files", async () => {
    await using scratch = await scratchDirectory();
    const script = join(scratch.path, "script.py");
    await writeFile(script, LIST);
    const expected = [...PRELOADED].sort();
    expect(await loadedAtStart(["-c", LIST])).toEqual(expected);
    expect(await loadedAtStart([script])).toEqual(expected);
    expect(await loadedAtStart([], LIST)).toEqual(expected);
  });

  test.each(["json", "random", "re", "typing", "importlib", "asyncio", "_pyrepl", "ssl"])(
    "are hidden by a neighbour that is there: %s",
    async (name) => {
      expect(PRELOADED.has(name)).toBe(true);
      await using scratch = await scratchDirectory();
      const [script, neighbour] = [join(scratch.path, "script.py"), join(scratch.path, `${name}.py`)];
      await writeFile(neighbour, "NEIGHBOUR = 'the neighbour'\n");
      await writeFile(script, `import ${name}\nprint(${name}.NEIGHBOUR, ${name}.__file__)\n`);
      expect(await runWoma([script])).toMatchObject({
        stdout: `the neighbour ${neighbour}\n`,
        stderr: "",
        exitCode: 0,
      });
      const isolated = await runWoma(["-I", script]);
      expect(isolated.stderr).toContain(`AttributeError: module '${name}' has no attribute 'NEIGHBOUR'`);
    },
  );

  test("leave out what python3 never looks for in files", async () => {
    await using scratch = await scratchDirectory();
    for (const name of ["runpy", "os", "time", "sys"])
      await writeFile(join(scratch.path, `${name}.py`), "raise SystemExit('hidden')\n");
    const script = join(scratch.path, "script.py");
    await writeFile(script, "import runpy, time, sys\nprint(runpy.run_path.__name__, sys.argv[1:], time.time() > 0)\n");
    expect(await runWoma([script, "a"])).toMatchObject({ stdout: "run_path ['a'] True\n", stderr: "", exitCode: 0 });
  });
});
