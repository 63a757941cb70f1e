import { describe, expect } from "bun:test";
import { join } from "node:path";
import { reachableDistribution } from "../../scripts/mirror.ts";
import { TestIndex } from "../support/index-server.ts";
import { testUnless } from "../support/loud-skip.ts";
import { fileOf, noMirror, TestMirror } from "../support/mirror.ts";
import { PackageHome } from "../support/package-home.ts";
import { buildWheel } from "../support/wheel.ts";

const obstacle = await noMirror();

/** The last line of a traceback, and what is said after it. */
function failureOf({ stdout, stderr, exitCode }: { stdout: string; stderr: string; exitCode: number }) {
  const lines = stderr.trimEnd().split("\n");
  const last = lines.findLastIndex((line) => line.startsWith("ModuleNotFoundError: "));
  return { stdout, exitCode, lines: lines.slice(last) };
}

describe("an import of what the lock does not have", () => {
  testUnless(obstacle, "is refused with the name that may have been meant, and asks no server", async () => {
    await using mirror = await TestMirror.start();
    using index = new TestIndex().add(buildWheel({ name: "reqeusts", version: "1.0" }));
    await using home = await PackageHome.make({ mirror, index });
    const { lines, ...rest } = failureOf(await home.run(["-c", "import reqeusts"]));
    expect(rest).toEqual({ stdout: "", exitCode: 1 });
    expect(lines[0]).toStartWith("ModuleNotFoundError: No module named 'reqeusts'");
    expect(lines.join("\n")).toContain("requests");
    expect([mirror.requests, index.requests]).toEqual([[], []]);
  });

  testUnless(obstacle, "names the option that would get it, and asks no server", async () => {
    await using mirror = await TestMirror.start();
    using index = new TestIndex().add(buildWheel({ name: "pg8000", version: "1.0" }));
    await using home = await PackageHome.make({ mirror, index });
    const { lines, ...rest } = failureOf(await home.run(["-c", "import pg8000"]));
    expect(rest).toEqual({ stdout: "", exitCode: 1 });
    expect(lines[0]).toStartWith("ModuleNotFoundError: No module named 'pg8000'");
    expect(lines.join("\n")).toContain("--with pg8000");
    expect([mirror.requests, index.requests]).toEqual([[], []]);
  });

  testUnless(obstacle, "does not let a name leave the machine, whatever the name and way", async () => {
    await using mirror = await TestMirror.start();
    using index = new TestIndex();
    await using home = await PackageHome.make({ mirror, index });
    const code = `
import importlib, importlib.util
for name in ["secret_c0ffee", "secret.c0ffee", "numpy_secret", "a" * 300, "..", "é", "a/b"]:
    for way in [importlib.import_module, __import__, importlib.util.find_spec]:
        try: print(way(name))
        except (ImportError, ValueError, TypeError): pass
print("done")`;
    const { stdout, exitCode } = await home.run(["-c", code]);
    expect({ exitCode, last: stdout.trimEnd().split("\n").at(-1) }).toEqual({ exitCode: 0, last: "done" });
    expect([mirror.requests, index.requests]).toEqual([[], []]);
  });

  testUnless(obstacle, "can be caught, and costs nothing the second time", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    const code = `
import time
def miss():
    try: import nosuchmodule
    except ModuleNotFoundError as error: return error.name
print(miss(), miss())`;
    expect(await home.run(["-c", code])).toEqual({ stdout: "nosuchmodule nosuchmodule\n", stderr: "", exitCode: 0 });
  });
});

describe("importlib.util.find_spec", () => {
  testUnless(
    obstacle,
    "is None for what is not to be had, as libraries expect that look for optional ones",
    async () => {
      await using home = await PackageHome.make({});
      const names = ["nosuchmodule", "reqeusts", "pg8000", "tkinter", "curses", "xml.nosuch", "torch", "yaml"];
      const code = `import importlib.util; print([importlib.util.find_spec(name) for name in ${JSON.stringify(names)}])`;
      const { stdout, exitCode } = await home.run(["-q", "-c", code]);
      expect({ stdout, exitCode }).toEqual({ stdout: `[${names.map(() => "None").join(", ")}]\n`, exitCode: 0 });
    },
  );
});

describe("an import of what the lock has", () => {
  testUnless(obstacle, "fetches nothing under --auto-install off, and says so", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    const outcome = await home.run(["--auto-install", "off", "-c", "import numpy"]);
    const { lines, ...rest } = failureOf(outcome);
    expect(rest).toEqual({ stdout: "", exitCode: 1 });
    expect(lines[0]).toStartWith("ModuleNotFoundError: No module named 'numpy'");
    expect(lines.join("\n")).toMatch(/--with numpy|--auto-install/);
    expect(mirror.requests).toEqual([]);
  });

  testUnless(
    obstacle,
    "fails under --offline on an empty cache without asking anybody, and says what to do",
    async () => {
      await using mirror = await TestMirror.start();
      await using home = await PackageHome.make({ mirror });
      const { lines, ...rest } = failureOf(await home.run(["--offline", "-c", "import numpy"]));
      expect(rest).toEqual({ stdout: "", exitCode: 1 });
      expect(lines.join("\n")).toMatch(/numpy/);
      expect(lines.join("\n")).toContain("--offline");
      expect(mirror.requests).toEqual([]);
    },
  );

  testUnless(obstacle, "is the user's own module where there is one of that name", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    await Bun.write(join(home.path, "numpy.py"), "NAME = 'own'\n");
    await Bun.write(join(home.path, "script.py"), "import numpy; print(numpy.NAME)\n");
    expect(await home.run(["script.py"])).toEqual({ stdout: "own\n", stderr: "", exitCode: 0 });
    expect(mirror.requests).toEqual([]);
  });

  testUnless(obstacle, "by the library, not by the program, installs nothing", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    // The library tries these itself, and goes on without.
    const code =
      "import json, xml.etree.ElementTree, unittest, http.client, asyncio, pydoc, doctest, sqlite3; print('on')";
    expect(await home.run(["-c", code])).toEqual({ stdout: "on\n", stderr: "", exitCode: 0 });
    expect(mirror.requests).toEqual([]);
    expect(home.wheels).toEqual([]);
  });
});

describe("the module that a program names", () => {
  const modules: readonly (readonly [module: string, name: Parameters<typeof fileOf>[0]])[] = [
    ["cv2", "opencv-python"],
    ["PIL.Image", "pillow"],
    ["skimage.filters", "scikit-image"],
    ["bs4", "beautifulsoup4"],
    ["yaml", "pyyaml"],
    ["sklearn.svm", "scikit-learn"],
    ["dateutil.parser", "python-dateutil"],
    ["mpl_toolkits.mplot3d", "matplotlib"],
    ["orjson", "orjson"],
    ["aiohttp", "aiohttp"],
    ["fontTools", "fonttools"],
  ];
  testUnless(obstacle, "leads to its package, whatever that is called", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    const code = `
import importlib
for name in ${JSON.stringify(modules.map(([module]) => module))}:
    try: importlib.import_module(name)
    except ModuleNotFoundError: pass`;
    const { stdout, exitCode } = await home.run(["-q", "-c", code]);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 0 });
    expect(modules.filter(([, name]) => !mirror.files.includes(fileOf(name)))).toEqual([]);
  });
});

describe("pyyaml, which no index has for this interpreter", () => {
  testUnless(
    obstacle,
    "is used where the distribution's own server answers; elsewhere its absence is told with what was asked",
    async () => {
      const distribution = await reachableDistribution();
      await using mirror = await TestMirror.start();
      await using home = await PackageHome.make({ mirror });
      const outcome = await home.run(["-q", "-c", "import yaml; print(yaml.safe_load('a: [1, 2]'))"]);
      if (distribution !== null) {
        expect(outcome).toEqual({ stdout: "{'a': [1, 2]}\n", stderr: "", exitCode: 0 });
        return;
      }
      console.error("NOTE: pyyaml itself is not tried here: the distribution's own server does not answer");
      const { stdout, stderr, exitCode } = outcome;
      expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
      expect(stderr).toContain("ModuleNotFoundError: No module named 'yaml'");
      expect(stderr).toContain(new URL(mirror.url).host);
      expect(mirror.files).toEqual([fileOf("pyyaml")]);
    },
  );
});
