import { describe, expect } from "bun:test";
import { TestIndex } from "../support/index-server.ts";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { fileOf, noMirror, TestMirror } from "../support/mirror.ts";
import { PackageHome } from "../support/package-home.ts";
import { eventually } from "../support/processes.ts";
import { Terminal } from "../support/pty.ts";
import { buildWheel } from "../support/wheel.ts";

const obstacle = await noMirror();

const library = () =>
  new TestIndex()
    .add(buildWheel({ name: "library", version: "1.0" }))
    .add(buildWheel({ name: "library", version: "2.0", metadata: ["Requires-Dist: small"] }))
    .add(buildWheel({ name: "small", version: "0.1" }));

describe("at the prompt", () => {
  testUnless(obstacle, "an import gets its package, and one that fails leaves the prompt as it was", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    await using terminal = await Terminal.open(["-q"], { home: home.path, env: home.environment });
    await terminal.enter("import numpy as np");
    expect(await terminal.enter("int(np.arange(5).sum())")).toBe("10");
    const missing = await terminal.enter("import reqeusts");
    expect(missing).toContain("ModuleNotFoundError: No module named 'reqeusts'");
    expect(missing).toContain("requests");
    expect(await terminal.enter("1 + 1")).toBe("2");
    expect(mirror.files).toEqual([fileOf("numpy")]);
  });

  testUnless(obstacle, "Ctrl-C gives up a download, which goes on from there the next time", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    mirror.fault(/numpy/, { kind: "slow", bytesPerSecond: 500_000 }, 1);
    await using terminal = await Terminal.open(["-q"], { home: home.path, env: home.environment });
    await terminal.prompts();
    terminal.press("import numpy\r");
    await eventually("a download is under way", () => home.partialBytes > 100_000);
    terminal.press("\x03");
    await terminal.prompts();
    expect(terminal.screen.text).toContain("KeyboardInterrupt");
    expect(await terminal.enter("1 + 1")).toBe("2");
    await terminal.enter("import numpy");
    expect(await terminal.enter("int(numpy.arange(5).sum())")).toBe("10");
    expect(mirror.requests.map(({ range }) => /^bytes=[1-9]\d*-/.test(range ?? "")).sort()).toEqual([false, true]);
  });

  testUnless(obstacle, "a pristine interpreter for each entry finds what others fetched", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    await using terminal = await Terminal.open(["-q", "--reset-globals"], { home: home.path, env: home.environment });
    for (let entry = 0; entry < 2; entry++) expect(await terminal.enter("import six; six.PY3")).toBe("True");
    expect(await terminal.enter("six")).toContain("NameError");
    expect(mirror.requests).toHaveLength(1);
  });

  testUnless(notOnLinux, "%pip and !pip install, or say what would", async () => {
    for (const command of ["%pip install library==1.0", "!pip install library==1.0", "%pip install -q 'library<2'"]) {
      using index = library();
      await using home = await PackageHome.make({ index });
      await using terminal = await Terminal.open(["-q"], { home: home.path, env: home.environment });
      const answer = await terminal.enter(command);
      expect({ command, error: /SyntaxError|Traceback/.test(answer) }).toEqual({ command, error: false });
      if (/woma install|--with/.test(answer)) continue;
      await terminal.enter("import library");
      expect(await terminal.enter("library.VERSION")).toBe("'1.0'");
    }
  });

  testUnless(obstacle, "await micropip.install ends in the same cache", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    await using terminal = await Terminal.open(["-q"], { home: home.path, env: home.environment });
    await terminal.enter("import micropip");
    await terminal.enter("await micropip.install('six')");
    expect(await terminal.enter("import six; six.PY3")).toBe("True");
    const offline = await home.run(["--offline", "-c", "import six; print(six.PY3)"]);
    expect(offline).toEqual({ stdout: "True\n", stderr: "", exitCode: 0 });
    expect(mirror.files).toEqual([fileOf("six")]);
  });
});

describe("micropip", () => {
  const run = (home: PackageHome, body: string, flags: readonly string[] = []) =>
    home.run(["-q", ...flags, "-c", `import asyncio, micropip\nasync def main():\n${body}\nasyncio.run(main())`]);

  testUnless(obstacle, "installs from the lock and the index, several, by version, and lists them", async () => {
    await using mirror = await TestMirror.start();
    using index = library();
    await using home = await PackageHome.make({ mirror, index });
    const body = `
    await micropip.install(["idna", "library==1.0"])
    import idna, library
    print(library.VERSION, sorted(name for name in micropip.list() if name in ("idna", "library")))`;
    expect(await run(home, body)).toEqual({ stdout: "1.0 ['idna', 'library']\n", stderr: "", exitCode: 0 });
    expect(await run(home, body, ["--offline"])).toEqual({
      stdout: "1.0 ['idna', 'library']\n",
      stderr: "",
      exitCode: 0,
    });
  });

  testUnless(notOnLinux, "says why it cannot install, in an exception", async () => {
    using index = library();
    await using home = await PackageHome.make({ index });
    const body = `
    for wrong in ["library>5", "nowhere-to-be-had"]:
        try: await micropip.install(wrong)
        except Exception as error: print(type(error).__name__, wrong.split(">")[0] in str(error))`;
    expect(await run(home, body)).toEqual({ stdout: "ValueError True\nValueError True\n", stderr: "", exitCode: 0 });
  });
});

describe("python -m pip", () => {
  testUnless(notOnLinux, "installs, or names the command of woma's that does", async () => {
    using index = library();
    await using home = await PackageHome.make({ index });
    const { stdout, stderr, exitCode } = await home.run(["-m", "pip", "install", "library==1.0"]);
    if (exitCode !== 0) return expect(stdout + stderr).toContain("woma install library==1.0");
    expect(
      await home.run(["-q", "--offline", "--with", "library==1.0", "-c", "import library; print(library.VERSION)"]),
    ).toEqual({
      stdout: "1.0\n",
      stderr: "",
      exitCode: 0,
    });
  });

  testUnless(notOnLinux, "says what else woma has in place of pip's commands", async () => {
    await using home = await PackageHome.make({});
    for (const words of [["uninstall", "x"], ["list"], ["--version"], []]) {
      const { stdout, stderr, exitCode } = await home.run(["-m", "pip", ...words]);
      const said = stdout + stderr;
      expect({ words, traceback: said.includes("Traceback"), said: said !== "", exitCode: exitCode < 3 }).toEqual({
        words,
        traceback: false,
        said: true,
        exitCode: true,
      });
    }
  });
});
