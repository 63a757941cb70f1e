import { describe, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PRELOADED } from "../src/broker/kernel/preloaded.ts";
import { runWoma, scratchDirectory } from "./support/woma.ts";

/** What `python3 -c 'import sys; print(sys.modules)'` has on Linux, builtin modules left out (CPython 3.14). */
const NATIVE = new Set(
  `_collections_abc _frozen_importlib _frozen_importlib_external _sitebuiltins abc codecs encodings genericpath io
  os posixpath site stat zipimport`.split(/\s+/),
);

const LIST = `
import sys
loaded = {name.partition(".")[0] for name in sys.modules}
print(*sorted((loaded & sys.stdlib_module_names) - set(sys.builtin_module_names)))
`;

async function loadedAtStart(args: readonly string[], stdin = ""): Promise<string[]> {
  const { stdout, stderr, exitCode } = await runWoma(args, { stdin });
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  return stdout.trim().split(" ");
}

describe("the names that a script's neighbours must be able to hide", () => {
  test("are the standard library's modules that an interpreter has from the start and python3 has not", async () => {
    await using scratch = await scratchDirectory();
    const script = join(scratch.path, "script.py");
    await writeFile(script, LIST);
    const expected = [...PRELOADED].sort();
    for (const loaded of [await loadedAtStart(["-c", LIST]), await loadedAtStart([script]), await loadedAtStart([], LIST)])
      expect(loaded.filter((name) => !NATIVE.has(name))).toEqual(expected);
  });

  test("are hidden by a neighbour, as python3 would have it, and by nothing else", async () => {
    await using scratch = await scratchDirectory();
    for (const name of PRELOADED) await writeFile(join(scratch.path, `${name}.py`), `NEIGHBOUR = ${JSON.stringify(name)}\n`);
    const names = [...PRELOADED].sort();
    const script = `import sys\nfor name in ${JSON.stringify(names)}:\n    print(__import__(name).NEIGHBOUR)\n`;
    await writeFile(join(scratch.path, "script.py"), script);
    const { stdout, stderr, exitCode } = await runWoma([join(scratch.path, "script.py")]);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toBe(`${names.join("\n")}\n`);
    await writeFile(join(scratch.path, "script.py"), "import json, re\nprint(json.dumps([re.escape('.')]))\n");
    const isolated = await runWoma(["-I", join(scratch.path, "script.py")]);
    expect(isolated).toMatchObject({ stdout: '["\\\\."]\n', stderr: "", exitCode: 0 });
  });
});
