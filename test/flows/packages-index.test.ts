import { describe, expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unpackArchive } from "../../scripts/archive.ts";
import { type IndexOptions, TestIndex } from "../support/index-server.ts";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { fileOf, mirroredFile, noMirror, TestMirror } from "../support/mirror.ts";
import { PackageHome } from "../support/package-home.ts";
import { buildWheel, type Wheel } from "../support/wheel.ts";

const noWheels = await noMirror();

const fine = (stdout: string) => ({ stdout, stderr: "", exitCode: 0 });

/** An index of wheels without code but VERSION, by `name version` and the lines of their metadata. */
function indexOf(wheels: Record<string, readonly string[]>, options: IndexOptions = {}): TestIndex {
  const index = new TestIndex(options);
  for (const [title, metadata] of Object.entries(wheels)) {
    const [name = "", version = ""] = title.split(" ");
    index.add(buildWheel({ name, version, metadata }));
  }
  return index;
}

/** The versions of these modules, in the order named. */
const versionsOf = (...modules: string[]) =>
  `import ${modules.join(", ")}; print(${modules.map((module) => `${module}.VERSION`).join(", ")})`;

const TREE = {
  "app 1.0": ["Requires-Dist: library>=1,<3", "Provides-Extra: fast", 'Requires-Dist: speed ; extra == "fast"'],
  "library 1.0": [],
  "library 2.5": ['Requires-Dist: other ; sys_platform == "win32"', 'Requires-Dist: small ; python_version >= "3.14"'],
  "library 3.0": [],
  "speed 0.1": [],
  "small 0.2": [],
  "other 1.0": [],
} as const;

describe("packages of an index", () => {
  for (const [words, options] of [
    ["JSON", {}],
    ["HTML", { format: "html" }],
    ["JSON, metadata and parts of files", { coreMetadata: true, parts: true }],
    ["HTML and parts of files", { format: "html", parts: true }],
    ["HTML and metadata", { format: "html", coreMetadata: true }],
  ] as const)
    testUnless(notOnLinux, `come with what they need, from one that serves ${words}`, async () => {
      using index = indexOf(TREE, options);
      await using home = await PackageHome.make({ index });
      const run = () => home.run(["-q", "--with", "app[fast]", "-c", versionsOf("app", "library", "speed", "small")]);
      expect(await run()).toEqual(fine("1.0 2.5 0.1 0.2\n"));
      const wheels = index.requests.filter((path) => path.endsWith(".whl"));
      if ("coreMetadata" in options) expect(new Set(wheels).size).toBe(4);
      expect(index.requests.filter((path) => path.includes("other-"))).toEqual([]);
      const asked = index.requests.length;
      const offline = await home.run([
        "-q",
        "--offline",
        "--with",
        "app[fast]",
        "-c",
        versionsOf("app", "library", "speed", "small"),
      ]);
      expect(offline).toEqual(fine("1.0 2.5 0.1 0.2\n"));
      expect(index.requests).toHaveLength(asked);
    });

  testUnless(notOnLinux, "are chosen by the versions asked for, several in one or in many --with", async () => {
    using index = indexOf({ ...TREE, "library 2.6rc1": [] });
    await using home = await PackageHome.make({ index });
    const versions = async (...flags: string[]) =>
      (await home.run(["-q", ...flags, "-c", versionsOf("library")])).stdout;
    expect(await versions("--with", "library")).toBe("3.0\n");
    expect(await versions("--with", "library<3,small")).toBe("2.5\n");
    expect(await versions("--with", "library<3", "--with", "library!=2.5")).toBe("1.0\n");
    expect(await versions("--with", "library==2.6rc1")).toBe("2.6rc1\n");
    expect(await versions("--with", "Library ~= 2.0")).toBe("2.5\n");
  });

  testUnless(notOnLinux, "that were yanked or ask for another Python are passed over, unless pinned", async () => {
    using index = new TestIndex()
      .add(buildWheel({ name: "thing", version: "1.0" }))
      .add(buildWheel({ name: "thing", version: "2.0" }), { yanked: "breaks" })
      .add(buildWheel({ name: "thing", version: "3.0" }), { requiresPython: ">=3.15" })
      .add(buildWheel({ name: "thing", version: "4.0", tag: "cp314-cp314-manylinux_2_17_x86_64" }));
    await using home = await PackageHome.make({ index });
    expect((await home.run(["-q", "--with", "thing", "-c", versionsOf("thing")])).stdout).toBe("1.0\n");
    expect((await home.run(["-q", "--with", "thing==2.0", "-c", versionsOf("thing")])).stdout).toBe("2.0\n");
    for (const version of ["3.0", "4.0"]) {
      const { stdout, stderr, exitCode } = await home.run(["--with", `thing==${version}`, "-c", "print('ran')"]);
      expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
      expect(stderr).toStartWith("error: ");
      expect(stderr).toContain("thing");
    }
  });

  testUnless(notOnLinux, "may need each other, name extras of their own, and ask what they run on", async () => {
    using index = indexOf({
      "one 1.0": ["Requires-Dist: two"],
      "two 1.0": ["Requires-Dist: one"],
      "Self.Named 1.0": [
        "Provides-Extra: fast_x",
        "Provides-Extra: all",
        'Requires-Dist: two; extra == "fast-x"',
        'Requires-Dist: self-named[fast-x]; extra == "all"',
      ],
      "asking 1.0": [
        'Requires-Dist: two; sys_platform == "emscripten" and platform_machine == "wasm32" and os_name == "posix"',
        'Requires-Dist: nowhere-1; sys_platform == "linux" or os_name == "nt"',
        'Requires-Dist: nowhere-2; python_full_version < "3.14.2" or implementation_name != "cpython"',
      ],
    });
    await using home = await PackageHome.make({ index });
    for (const requirement of ["one", "self_named[ALL]", "asking"])
      expect(await home.run(["-q", "--with", requirement, "-c", versionsOf("one", "two")])).toEqual(fine("1.0 1.0\n"));
  });

  testUnless(notOnLinux, "are taken in another version where the newest does not go with the rest", async () => {
    using index = indexOf({
      "app 1.0": ["Requires-Dist: shared>=2", "Requires-Dist: tool"],
      "tool 1.0": [],
      "tool 2.0": ["Requires-Dist: shared<1"],
      "tool 3.0": ["Requires-Dist: this is !! no requirement"],
      "shared 0.5": [],
      "shared 2.0": [],
    });
    await using home = await PackageHome.make({ index });
    expect(await home.run(["-q", "--with", "app", "-c", versionsOf("tool", "shared")])).toEqual(fine("1.0 2.0\n"));
  });

  testUnless(notOnLinux, "may be a wheel's own path, or lie in a directory of links", async () => {
    await using home = await PackageHome.make({ index: { url: "http://127.0.0.1:9/simple/" } });
    const wheel = buildWheel({ name: "local-thing", version: "1.0" });
    await Bun.write(join(home.path, "links", wheel.fileName), wheel.bytes);
    const run = (requirement: string, env: Record<string, string> = {}) =>
      home.run(["-q", "--with", requirement, "-c", versionsOf("local_thing")], { env });
    expect((await run("local-thing", { PIP_FIND_LINKS: join(home.path, "links") })).stdout).toBe("1.0\n");
    expect(await run(`./links/${wheel.fileName}`)).toEqual(fine("1.0\n"));
    expect(await run(`local-thing @ file://${home.path}/links/${wheel.fileName}`)).toEqual(fine("1.0\n"));
  });

  testUnless(notOnLinux, "are run by -m, with their console's arguments", async () => {
    using index = new TestIndex().add(
      buildWheel({
        name: "some-tool",
        version: "1.0",
        files: {
          "some_tool/__init__.py": "",
          "some_tool/__main__.py": "import sys; from . import data; print('tool', data.read(), sys.argv[1:])\n",
          "some_tool/data.py":
            "import importlib.resources\ndef read(): return importlib.resources.files(__package__).joinpath('text.txt').read_text()\n",
          "some_tool/text.txt": "data",
        },
      }),
    );
    await using home = await PackageHome.make({ index });
    expect(await home.run(["-q", "--with", "some-tool", "-m", "some_tool", "-x", "y"])).toEqual(
      fine("tool data ['-x', 'y']\n"),
    );
  });

  testUnless(noWheels, "may be native, and of this interpreter's kind", async () => {
    using index = new TestIndex().add(await nativeWheel());
    await using home = await PackageHome.make({ index });
    expect(await home.run(["-q", "--with", "renamed-solver", "-c", NATIVE_USED])).toEqual(fine("True\n"));
    expect(await home.run(["-q", "--offline", "--with", "renamed-solver", "-c", NATIVE_USED])).toEqual(fine("True\n"));
  });

  testUnless(noWheels, "share a run with packages of the lock", async () => {
    await using mirror = await TestMirror.start();
    using index = indexOf({ "app 1.0": ["Requires-Dist: certifi>=2020", "Requires-Dist: library"], "library 1.0": [] });
    await using home = await PackageHome.make({ mirror, index });
    expect(await home.run(["-q", "--with", "app", "-c", "import app, certifi, library; print(app.VERSION)"])).toEqual(
      fine("1.0\n"),
    );
    expect(mirror.files).toEqual([fileOf("certifi")]);
    expect(index.requests.filter((path) => path.endsWith(".whl")).map((path) => path.split("/").at(-1))).not.toContain(
      fileOf("certifi"),
    );
  });

  testUnless(
    noWheels,
    "replace one of the lock that does not fit, or is not to be had, and the plan says so",
    async () => {
      await using mirror = await TestMirror.start();
      using index = indexOf({ "six 99.0": [], "xxhash 3.6.0": [], "xxhash 4.0": [] });
      await using home = await PackageHome.make({ mirror, index });
      const six = await home.run(["--with", "six>90", "-c", versionsOf("six")]);
      expect({ ...six, stderr: "" }).toEqual(fine("99.0\n"));
      expect(mirror.files).not.toContain(fileOf("six"));
      // The mirror lacks this one: the same version is taken first.
      const xxhash = await home.run(["--with", "xxhash", "-c", versionsOf("xxhash")]);
      expect({ ...xxhash, stderr: "" }).toEqual(fine("3.6.0\n"));
      const plan = await home.run(["install", "--dry-run", "six>90"]);
      expect({ ...plan, stdout: "", stderr: "" }).toEqual({ stdout: "", stderr: "", exitCode: 0 });
      expect(plan.stdout).toMatch(/six .*99\.0/);
      expect(plan.stdout).toContain("index");
    },
  );

  testUnless(noWheels, "do not stand in the way of one of the lock that can be had in the end", async () => {
    await using mirror = await TestMirror.start();
    using native = new TestIndex().add(
      buildWheel({ name: "six", version: "1.17.0", tag: "cp314-cp314-manylinux_2_17_x86_64" }),
    );
    await using home = await PackageHome.make({ mirror, index: native });
    const run = (WOMA_MIRROR: string, PIP_INDEX_URL = native.url) =>
      home.run(["-q", "--with", "six", "-c", "import six; print(getattr(six, 'VERSION', six.__name__))"], {
        env: { WOMA_MIRROR, PIP_INDEX_URL },
      });
    const dead = "http://127.0.0.1:10/";
    const failed = await run(dead);
    expect({ ...failed, stderr: "" }).toEqual({ stdout: "", stderr: "", exitCode: 1 });
    for (const words of ["six 1.17.0 is in woma's distribution", `${dead}${fileOf("six")}`, "--mirror"])
      expect(failed.stderr).toContain(words);
    expect(failed.stderr).not.toContain("another package");
    using pure = indexOf({ "six 1.17.0": [] });
    expect(await run(dead, pure.url)).toEqual(fine("1.17.0\n"));
    // An index's was taken in its place, and now none can be.
    expect(await run(mirror.url)).toEqual(fine("six\n"));
    expect(mirror.files).toEqual([fileOf("six")]);
  });

  testUnless(noWheels, "never replace one of the lock for a bare import", async () => {
    await using mirror = await TestMirror.start();
    using index = indexOf({ "xxhash 3.6.0": [] });
    await using home = await PackageHome.make({ mirror, index });
    const { stdout, stderr, exitCode } = await home.run(["-c", "import xxhash"]);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(stderr).toContain("ModuleNotFoundError: No module named 'xxhash'");
    expect(stderr).toContain("--with xxhash");
    expect(index.requests).toEqual([]);
  });

  testUnless(notOnLinux, "come by a bare import where --auto-install=index says so", async () => {
    using index = indexOf(TREE);
    await using home = await PackageHome.make({ index });
    expect(await home.run(["-q", "--auto-install=index", "-c", versionsOf("library")])).toEqual(fine("3.0\n"));
    const { stderr, exitCode } = await home.run(["--auto-install=index", "-c", "import nosuchpackage"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("ModuleNotFoundError: No module named 'nosuchpackage'");
    expect(index.requests).toContain("/simple/nosuchpackage/");
  });

  testUnless(notOnLinux, "whose bytes are not what the index promised are not used", async () => {
    using index = new TestIndex().add(buildWheel({ name: "thing", version: "1.0" }), { sha256: "0".repeat(64) });
    await using home = await PackageHome.make({ index });
    const { stdout, stderr, exitCode } = await home.run(["--with", "thing", "-c", "print('ran')"]);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(stderr).toStartWith("error: ");
    expect(stderr).toMatch(/thing-1\.0-py3-none-any\.whl/);
    expect(stderr).toMatch(/sha256|hash/);
  });
});

describe("requirements that cannot be met", () => {
  const wheels = {
    "one 1.0": ["Requires-Dist: shared<2"],
    "two 1.0": ["Requires-Dist: shared>=2"],
    "shared 1.0": [],
    "shared 2.0": [],
  };

  testUnless(notOnLinux, "are explained: who asks for what, and which versions there are", async () => {
    using index = indexOf(wheels);
    await using home = await PackageHome.make({ index });
    const { stdout, stderr, exitCode } = await home.run(["--with", "one,two", "-c", "print('ran')"]);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(stderr).toStartWith("error: ");
    for (const words of ["one", "two", "shared<2", "shared>=2", "hint: "]) expect(stderr).toContain(words);
    expect(index.requests.filter((path) => path.endsWith("shared-2.0-py3-none-any.whl"))).toHaveLength(0);
  });

  testUnless(notOnLinux, "name a version that there is not, and those that there are", async () => {
    using index = indexOf(wheels);
    await using home = await PackageHome.make({ index });
    const { stderr, exitCode } = await home.run(["--with", "shared>5", "-c", "print('ran')"]);
    expect(exitCode).toBe(1);
    for (const words of ["shared>5", "2.0"]) expect(stderr).toContain(words);
  });

  testUnless(notOnLinux, "name a package that nobody has, and one that may have been meant", async () => {
    using index = indexOf(wheels);
    await using home = await PackageHome.make({ index });
    const { stderr, exitCode } = await home.run(["--with", "reqeusts", "-c", "print('ran')"]);
    expect(exitCode).toBe(1);
    expect(stderr).toStartWith("error: ");
    for (const words of ["reqeusts", new URL(index.url).host, "requests"]) expect(stderr).toContain(words);
    expect(index.requests).toContain("/simple/reqeusts/");
  });

  testUnless(notOnLinux, "are told of without the password of the index", async () => {
    using index = indexOf(wheels);
    await using home = await PackageHome.make({ index: { url: index.url.replace("//", "//user:hunter2@") } });
    const { stderr, exitCode } = await home.run(["--with", "nowhere-to-be-had", "-c", "print('ran')"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("nowhere-to-be-had");
    expect(stderr).not.toContain("hunter2");
  });
});

describe("a script with PEP 723 metadata", () => {
  const script = (block: string, code: string) => `#!/usr/bin/env woma\n${block}\n${code}\n`;

  testUnless(notOnLinux, "runs with what it names", async () => {
    using index = indexOf(TREE);
    await using home = await PackageHome.make({ index });
    const block =
      '# /// script\n# requires-python = ">=3.11"\n# dependencies = [\n#   "app[fast]",\n#   "library<3",\n# ]\n# ///';
    await Bun.write(join(home.path, "s.py"), script(block, versionsOf("app", "library", "speed")));
    expect(await home.run(["-q", "s.py"])).toEqual(fine("1.0 2.5 0.1\n"));
    expect(await home.run(["-q", "--with", "library!=2.5", "s.py"])).toEqual(fine("1.0 1.0 0.1\n"));
    const stdin = readFileSync(join(home.path, "s.py"));
    expect(await home.run(["-q", "-"], { stdin })).toEqual(fine("1.0 2.5 0.1\n"));
  });

  testUnless(notOnLinux, "that wants another Python, or is malformed, is not run", async () => {
    using index = new TestIndex();
    await using home = await PackageHome.make({ index });
    for (const [block, words] of [
      ['# /// script\n# requires-python = ">=3.15"\n# ///', ["3.15", "3.14"]],
      ["# /// script\n# dependencies = [\n# ///", ["s.py"]],
      ['# /// script\n# dependencies = "numpy"\n# ///', ["dependencies"]],
      ['# /// script\n# dependencies = ["not a requirement!"]\n# ///', ["not a requirement!"]],
    ] as const) {
      await Bun.write(join(home.path, "s.py"), script(block, "print('ran')"));
      const { stdout, stderr, exitCode } = await home.run(["s.py"]);
      expect({ block, stdout, failed: exitCode !== 0 }).toEqual({ block, stdout: "", failed: true });
      expect(stderr).toStartWith("error: ");
      for (const word of words) expect(stderr).toContain(word);
    }
  });

  testUnless(notOnLinux, "that is only text in a string is none", async () => {
    await using home = await PackageHome.make({});
    await Bun.write(join(home.path, "s.py"), 'print("ran")\n# /// other\n# dependencies = ["x"]\n# ///\n');
    expect(await home.run(["s.py"])).toEqual(fine("ran\n"));
  });
});

describe("woma.lock", () => {
  testUnless(notOnLinux, "is written, honoured and demanded", async () => {
    using index = indexOf({ "library 1.0": [], "app 1.0": ["Requires-Dist: library"] });
    await using home = await PackageHome.make({ index });
    expect(await home.run(["-q", "--lock", "--with", "app", "-c", versionsOf("library")])).toEqual(fine("1.0\n"));
    const lock = readFileSync(join(home.path, "woma.lock"), "utf8");
    expect(lock).toContain(buildWheel({ name: "library", version: "1.0" }).sha256);
    index.add(buildWheel({ name: "library", version: "2.0" }));
    expect(await home.run(["-q", "--with", "app", "-c", versionsOf("library")])).toEqual(fine("1.0\n"));
    const asked = index.requests.length;
    expect(await home.run(["-q", "--locked", "--with", "app", "-c", versionsOf("library")])).toEqual(fine("1.0\n"));
    expect(index.requests).toHaveLength(asked);
    await using other = await PackageHome.make({ index });
    await Bun.write(join(other.path, "woma.lock"), lock);
    expect(await other.run(["-q", "--locked", "--with", "app", "-c", versionsOf("library")])).toEqual(fine("1.0\n"));
    expect(index.requests.slice(asked).filter((path) => path.startsWith("/simple/"))).toEqual([]);
  });

  testUnless(notOnLinux, "that has other hashes than the files is refused", async () => {
    using index = indexOf({ "library 1.0": [] });
    await using home = await PackageHome.make({ index });
    await home.run(["-q", "--lock", "--with", "library", "-c", ""]);
    const path = join(home.path, "woma.lock");
    const wheel = buildWheel({ name: "library", version: "1.0" });
    await Bun.write(path, readFileSync(path, "utf8").replaceAll(wheel.sha256, "f".repeat(64)));
    await using other = await PackageHome.make({ index });
    const { stdout, stderr, exitCode } = await other.run(["--locked", "--with", "library", "-c", "print('ran')"], {
      cwd: home.path,
    });
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(stderr).toStartWith("error: ");
    expect(stderr).toContain(wheel.fileName);
    expect(stderr).toContain(`sha256 ${"f".repeat(64)} in ${path}`);
  });

  testUnless(
    notOnLinux,
    "that is missing, or does not have what is asked for, is an error under --locked",
    async () => {
      using index = indexOf({ "library 1.0": [], "small 1.0": [] });
      await using home = await PackageHome.make({ index });
      const missing = await home.run(["--locked", "--with", "library", "-c", "print('ran')"]);
      expect({ ...missing, stderr: "" }).toEqual({ stdout: "", stderr: "", exitCode: 1 });
      expect(missing.stderr).toContain("woma.lock");
      expect(missing.stderr).toContain("--lock");
      await home.run(["-q", "--lock", "--with", "library", "-c", ""]);
      const other = await home.run(["--locked", "--with", "small", "-c", "print('ran')"]);
      expect({ ...other, stderr: "" }).toEqual({ stdout: "", stderr: "", exitCode: 1 });
      expect(other.stderr).toContain("small");
    },
  );
});

const NATIVE_USED =
  "import renamed_solver; from renamed_solver import Variable, Solver; x = Variable('x'); s = Solver(); s.addConstraint(x >= 3); s.updateVariables(); print(x.value() >= 3)";

/** A native package of the lock under a name that the lock does not know: only its own folder's name is in its code. */
async function nativeWheel(): Promise<Wheel> {
  const files = unpackArchive((await mirroredFile(fileOf("kiwisolver"))) ?? new Uint8Array());
  const code = [...files].filter(([path]) => path.startsWith("kiwisolver/"));
  return buildWheel({
    name: "renamed-solver",
    version: "1.0",
    tag: "cp314-cp314-pyemscripten_2026_0_wasm32",
    files: {
      ...Object.fromEntries(code),
      "renamed_solver.py": "from kiwisolver import Solver, Variable\n",
    },
  });
}
