import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { builtBinary } from "../support/binary.ts";
import { TestIndex } from "../support/index-server.ts";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { PackageHome } from "../support/package-home.ts";
import { buildWheel } from "../support/wheel.ts";

setDefaultTimeout(60_000);

describe("woma's own output", () => {
  for (const words of ["--help", "-V", "cache --help", "cache dir", "install --help"])
    testUnless(
      notOnLinux,
      `of ${words} ends as a program's when its reader has gone, or the disk is full`,
      async () => {
        const command = `${await builtBinary()} ${words}`;
        const shell = (script: string) => {
          const { stdout, stderr } = Bun.spawnSync(["bash", "-c", script]);
          return { stdout: stdout.toString(), stderr: stderr.toString() };
        };
        expect(shell(`(sleep .3; ${command}; echo status $? >&2) | true`)).toEqual({
          stdout: "",
          stderr: "status 141\n",
        });
        expect(shell(`${command} >/dev/full; echo status $?`)).toEqual({
          stdout: "status 120\n",
          stderr:
            "error: standard output cannot be written (ENOSPC)\n\nhint: make room where it goes to, or send it elsewhere\n",
        });
      },
    );
});

describe("the modules beside a program", () => {
  testUnless(notOnLinux, "are files like any other where their directory is mounted", async () => {
    await using home = await PackageHome.make({});
    writeFileSync(join(home.path, "beside.py"), "");
    writeFileSync(
      join(home.path, "program.py"),
      "import beside, os\nprint(type(beside.__loader__).__name__, os.path.exists(beside.__file__))\n",
    );
    expect((await home.run(["program.py"])).stdout).toBe("NeighbourLoader False\n");
    expect((await home.run(["-B", "--mount", ".", "program.py"])).stdout).toBe("SourceFileLoader True\n");
    expect((await home.run(["-B", "--mount", ".", "-m", "program"])).stdout).toBe("SourceFileLoader True\n");
  });
});

describe("--locked", () => {
  test("lets imports have what woma.lock has, and nothing of the distribution's besides", async () => {
    using index = new TestIndex();
    index.add(buildWheel({ name: "locked-one", version: "1.0", files: { "locked_one.py": "VALUE = 1\n" } }));
    await using home = await PackageHome.make({ index });
    expect((await home.run(["-q", "--lock", "--with", "locked-one", "-c", "pass"])).exitCode).toBe(0);
    const code = "import locked_one; print(locked_one.VALUE)";
    expect(await home.run(["-q", "--locked", "--with", "locked-one", "-c", code])).toMatchObject({
      stdout: "1\n",
      exitCode: 0,
    });
    const { stderr, exitCode } = await home.run(["-q", "--locked", "--with", "locked-one", "-c", "import six"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${join(home.path, "woma.lock")} was not made for six (the program)`);
  });

  test("without a woma.lock runs nothing", async () => {
    await using home = await PackageHome.make({});
    expect(await home.run(["--locked", "-c", "print(1)"])).toEqual({
      stdout: "",
      stderr:
        "error: --locked demands a woma.lock, and there is none\n\nhint: write one with --lock, beside the program or in the current directory\n",
      exitCode: 1,
    });
  });
});

describe("what cannot be done", () => {
  test("is refused: to install into a cache that cannot be written", async () => {
    await using home = await PackageHome.make({});
    const file = join(home.path, "file");
    writeFileSync(file, "");
    const { stdout, stderr, exitCode } = await home.run(["--pyodide-cache", file, "install", "six"]);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(stderr).toContain(`error: nothing can be installed into ${file}: it cannot be written\n`);
  });

  test.each([
    [["install", "-r", "requirements.txt"], "woma install -r FILE"],
    [["install", "-e", "."], "mount the project's directory"],
    [["uninstall", "six"], "leave it out of the next"],
    [["download", "six"], "woma install --help"],
    [["config", "list"], "install, list, freeze and show"],
  ])("is told by -m pip %p, with what does it", async (words, told) => {
    await using home = await PackageHome.make({});
    const { stdout, stderr, exitCode } = await home.run(["-m", "pip", ...words]);
    expect({ stdout, exitCode, told: stderr.includes(told) }).toEqual({ stdout: "", exitCode: 2, told: true });
  });

  test("is told once: to save more figures than a run has", async () => {
    await using home = await PackageHome.make({});
    const code = `
import woma_kernel
png = b"\\x89PNG\\r\\n\\x1a\\n"
for _ in range(103):
    woma_kernel.request("figure", png, last=True)`;
    expect(await home.run(["-c", code], { env: { TMPDIR: home.path } })).toEqual({
      stdout: "",
      stderr: "woma: no more figures are saved: a run has 100\n",
      exitCode: 0,
    });
  });

  test("is hinted at where a library misses a package that the distribution has not", async () => {
    using index = new TestIndex();
    index.add(buildWheel({ name: "wanting", version: "1.0", files: { "wanting.py": "import far_away.part\n" } }));
    await using home = await PackageHome.make({ index });
    const { stderr, exitCode } = await home.run(["-q", "--with", "wanting", "-c", "import wanting"]);
    expect({ exitCode, hint: stderr.trim().split("\n").at(-1) }).toEqual({
      exitCode: 1,
      hint: "hint: `woma --with far_away` takes a package of that name from the package index, if there is one",
    });
  });
});
