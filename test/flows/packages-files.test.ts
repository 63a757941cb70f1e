import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { TestIndex } from "../support/index-server.ts";
import { PackageHome } from "../support/package-home.ts";
import { buildWheel, type Wheel } from "../support/wheel.ts";

// Large wheels are made.
setDefaultTimeout(60_000);

/** Runs code with these wheels asked for by name. */
async function runWith(wheels: readonly Wheel[], code: string, options: readonly string[] = []) {
  using index = new TestIndex();
  for (const wheel of wheels) index.add(wheel);
  await using home = await PackageHome.make({ index });
  const names = wheels.map(({ name }) => name).join(",");
  return await home.run(["-q", ...options, "--with", names, "-c", code]);
}

const SITE = "/lib/python3.14/site-packages";

describe("a package's files", () => {
  test("are where installers put them: modules, data beside them, data below sys.prefix, and no scripts", async () => {
    const wheel = buildWheel({
      name: "layout",
      version: "1.0",
      files: {
        "layout/__init__.py": "",
        "layout/table.csv": "a,b\n",
        "layout-1.0.data/purelib/layout_pure.py": "",
        "layout-1.0.data/platlib/layout_plat.py": "",
        "layout-1.0.data/data/share/layout/manual.txt": "read me",
        "layout-1.0.data/scripts/layout": "#!python\n",
        "layout-1.0.data/headers/layout.h": "",
      },
    });
    const code = `
import importlib.metadata, importlib.resources, os
import layout, layout_plat, layout_pure
print(layout.__file__, layout_pure.__file__, layout_plat.__file__)
print(importlib.resources.files(layout).joinpath("table.csv").read_text().strip())
print(open("/share/layout/manual.txt").read())
print(sorted(os.listdir("${SITE}")), importlib.metadata.version("layout"))
print([name for _, _, names in os.walk("/share") for name in names])`;
    expect(await runWith([wheel], code)).toEqual({
      stdout: [
        `${SITE}/layout/__init__.py ${SITE}/layout_pure.py ${SITE}/layout_plat.py`,
        "a,b",
        "read me",
        "['layout', 'layout-1.0.dist-info', 'layout_plat.py', 'layout_pure.py'] 1.0",
        "['manual.txt']",
        "",
      ].join("\n"),
      stderr: "",
      exitCode: 0,
    });
  });

  test("are read-only, and the program's own once it says so, for that run only", async () => {
    const wheel = buildWheel({
      name: "owned",
      version: "1.0",
      files: { "owned.py": "VALUE = 1\n", "owned.txt": "old" },
    });
    const code = `
import os
path = "${SITE}/owned.txt"
try:
    open(path, "w")
except PermissionError as error:
    print(error)
os.chmod(path, 0o644)
with open(path, "r+") as file:
    file.write("new")
with open(path, "a") as file:
    file.write(" and more")
print(open(path).read(), os.stat(path).st_size)
os.remove("${SITE}/owned.py")
try:
    import owned
except ImportError:
    print("removed")
open("${SITE}/added.py", "w").write("VALUE = 2")
import added
print(added.VALUE)`;
    using index = new TestIndex();
    index.add(wheel);
    await using home = await PackageHome.make({ index });
    const run = () => home.run(["-q", "--with", "owned", "-c", code]);
    const expected = {
      stdout: `[Errno 13] Permission denied: '${SITE}/owned.txt'\nnew and more 12\nremoved\n2\n`,
      stderr: "",
      exitCode: 0,
    };
    expect(await run()).toEqual(expected);
    expect(await run()).toEqual(expected);
  });

  test("of two wheels share a namespace's directory", async () => {
    const part = (name: string) =>
      buildWheel({ name: `shared-${name}`, version: "1.0", files: { [`shared/${name}.py`]: `NAME = "${name}"\n` } });
    const code = "import shared.one, shared.two; print(shared.one.NAME, shared.two.NAME)";
    expect(await runWith([part("one"), part("two")], code)).toEqual({ stdout: "one two\n", stderr: "", exitCode: 0 });
  });

  test("take no memory as long as nobody reads them", async () => {
    // Not so even that it would be taken for a zip bomb.
    const large = new Uint8Array(96 * 1024 * 1024);
    for (let index = 0; index < large.length; index += 64) large[index] = Math.imul(index, 0x9e3779b1) >>> 24;
    const wheel = buildWheel({
      name: "large",
      version: "1.0",
      files: { "large/__init__.py": "", "large/data.bin": large },
    });
    const code = `
import os, large
path = os.path.join(os.path.dirname(large.__file__), "data.bin")
print(os.path.getsize(path), flush=True)
open(path, "rb").read()`;
    // With more than this the process is killed; the last line shows that reading it would be more.
    const { stdout, stderr, exitCode } = await runWith([wheel], code, ["--memory", "48"]);
    expect({ stdout, exitCode }).toEqual({ stdout: `${large.length}\n`, exitCode: 1 });
    expect(stderr).toContain("MemoryError");
  });

  test("are read in pieces, from anywhere, while others are read", async () => {
    const content = (seed: number) => Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * seed) >> 7);
    const files = Object.fromEntries([3, 5, 7, 11, 13, 17, 19].map((seed) => [`pieces/${seed}.bin`, content(seed)]));
    const wheel = buildWheel({ name: "pieces", version: "1.0", files: { "pieces/__init__.py": "", ...files } });
    const code = `
import hashlib, os, pieces
directory = os.path.dirname(pieces.__file__)
seeds = [3, 5, 7, 11, 13, 17, 19]
files = [open(f"{directory}/{seed}.bin", "rb", buffering=0) for seed in seeds]
for position in range(2_900_000, 0, -100_000):
    for seed, file in zip(seeds, files):
        file.seek(position)
        assert file.read(100) == bytes(((position + i) * seed >> 7) & 255 for i in range(100)), (seed, position)
print("all alike")`;
    expect(await runWith([wheel], code)).toEqual({ stdout: "all alike\n", stderr: "", exitCode: 0 });
  });
});
