import { describe, expect } from "bun:test";
import { utimesSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import lock from "pyodide/pyodide-lock.json" with { type: "json" };
import { TestIndex } from "../support/index-server.ts";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { fileOf, mirroredFile, noMirror, TestMirror } from "../support/mirror.ts";
import { PackageHome } from "../support/package-home.ts";
import { buildWheel } from "../support/wheel.ts";
import { runWoma, scratchDirectory } from "../support/woma.ts";

const obstacle = await noMirror();

const REQUESTS = ["requests", "charset-normalizer", "idna", "urllib3", "certifi"] as const;

/** A directory with some of the lock's files. */
async function directoryMirror(packages: readonly (keyof typeof lock.packages)[]) {
  const scratch = await scratchDirectory();
  for (const name of packages)
    await Bun.write(join(scratch.path, fileOf(name)), (await mirroredFile(fileOf(name))) ?? new Uint8Array());
  return scratch;
}

describe("woma install", () => {
  testUnless(obstacle, "prints a plan, then fetches; what it has fetched is there offline", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    const dry = await home.run(["install", "--dry-run", "requests"]);
    expect(dry.exitCode).toBe(0);
    for (const name of REQUESTS) expect(dry.stdout).toContain(`${name} ${lock.packages[name].version}`);
    // It asks whether they are there.
    expect(mirror.sentBytes).toBeLessThanOrEqual(REQUESTS.length);
    mirror.requests.length = 0;
    const installed = await home.run(["install", "requests"]);
    expect({ ...installed, stderr: "" }).toEqual({ stdout: dry.stdout, stderr: "", exitCode: 0 });
    expect(home.wheels).toEqual(REQUESTS.map(fileOf).sort());
    const program = await home.run(["--offline", "-c", "import requests; print(requests.__version__)"], {
      env: { WOMA_MIRROR: "" },
    });
    expect(program).toEqual({ stdout: `${lock.packages.requests.version}\n`, stderr: "", exitCode: 0 });
    const again = await home.run(["install", "-q", "requests"]);
    expect({ ...again, stdout: "" }).toEqual({ stdout: "", stderr: "", exitCode: 0 });
    expect(mirror.requests).toHaveLength(REQUESTS.length);
  });

  testUnless(obstacle, "reads requirements.txt as pip does", async () => {
    await using mirror = await TestMirror.start();
    using index = new TestIndex()
      .add(buildWheel({ name: "library", version: "1.0" }))
      .add(buildWheel({ name: "library", version: "2.0" }))
      .add(buildWheel({ name: "unwanted", version: "1.0" }));
    await using home = await PackageHome.make({ mirror, index });
    await Bun.write(
      join(home.path, "requirements.txt"),
      `# what the program needs
idna>=3   # a comment
library \\
  <2
unwanted ; sys_platform == "win32"
-r more/other.txt
-c constraints.txt
`,
    );
    await mkdir(join(home.path, "more"));
    await Bun.write(join(home.path, "more/other.txt"), "six\n");
    await Bun.write(join(home.path, "constraints.txt"), "six<100\nnumpy<1\n");
    const { stdout, exitCode } = await home.run(["install", "-q", "-r", "requirements.txt"]);
    expect({ exitCode, plan: ["idna 3", "library 1.0", "six 1"].filter((part) => !stdout.includes(part)) }).toEqual({
      exitCode: 0,
      plan: [],
    });
    expect(home.wheels).toEqual([fileOf("idna"), fileOf("six"), "library-1.0-py3-none-any.whl"].sort());
    const code = "import idna, library, six; print(library.VERSION)";
    expect(await home.run(["-q", "--offline", "--with", "library<2", "-c", code])).toEqual({
      stdout: "1.0\n",
      stderr: "",
      exitCode: 0,
    });
  });

  testUnless(notOnLinux, "checks the hashes that a requirements file demands", async () => {
    const wheel = buildWheel({ name: "library", version: "1.0" });
    using index = new TestIndex().add(wheel);
    await using home = await PackageHome.make({ index });
    const file = join(home.path, "requirements.txt");
    await Bun.write(file, `library==1.0 --hash=sha256:${"0".repeat(64)}\n`);
    const refused = await home.run(["install", "-r", "requirements.txt"]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("library");
    expect(home.wheels).toEqual([]);
    await Bun.write(file, `library==1.0 --hash=sha256:${wheel.sha256}\n`);
    expect((await home.run(["install", "-r", "requirements.txt"])).exitCode).toBe(0);
    expect(home.wheels).toEqual([wheel.fileName]);
  });

  testUnless(notOnLinux, "says which file and line of requirements cannot be used", async () => {
    await using home = await PackageHome.make({});
    for (const [text, words] of [
      ["numpy\n-e ./here\n", ["requirements.txt, line 2", "editable"]],
      ["numpy ==== 1\n", ["requirements.txt"]],
      ["-r missing.txt\n", ["missing.txt"]],
      ["--no-such-option\n", ["--no-such-option"]],
    ] as const) {
      await Bun.write(join(home.path, "requirements.txt"), text);
      const { stdout, stderr, exitCode } = await home.run(["install", "-r", "requirements.txt"]);
      expect({ text, stdout, failed: exitCode !== 0 }).toEqual({ text, stdout: "", failed: true });
      expect(stderr).toStartWith("error: ");
      for (const word of words) expect(stderr).toContain(word);
    }
  });
});

describe("mirrors", () => {
  testUnless(obstacle, "may be directories and file URLs, and are used offline", async () => {
    await using directory = await directoryMirror(["six"]);
    for (const place of [directory.path, pathToFileURL(directory.path).href]) {
      await using home = await PackageHome.make({ mirror: { url: place } });
      expect(await home.run(["-q", "--offline", "-c", "import six; print(six.PY3)"])).toEqual({
        stdout: "True\n",
        stderr: "",
        exitCode: 0,
      });
    }
  });

  testUnless(obstacle, "are asked in their order, the next where one has not the file", async () => {
    await using directory = await directoryMirror(["six"]);
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({});
    const code = "import six, idna; print(idna.__name__)";
    const outcome = await home.run(["-q", "--mirror", `${directory.path},${mirror.url}`, "-c", code], {
      env: { WOMA_MIRROR: "" },
    });
    expect(outcome).toEqual({ stdout: "idna\n", stderr: "", exitCode: 0 });
    expect(mirror.files).toEqual([fileOf("idna")]);
  });

  testUnless(obstacle, "that cannot be reached cost a note, and are not tried again for a minute", async () => {
    await using mirror = await TestMirror.start();
    // Nothing answers here: the connection is never refused either (RFC 5737's TEST-NET-1).
    const dead = "http://192.0.2.1:81/";
    await using home = await PackageHome.make({ mirror: { url: `${dead},${mirror.url}` } });
    const first = await home.run(["-c", "import six, idna; print('on')"]);
    expect({ ...first, stderr: "" }).toEqual({ stdout: "on\n", stderr: "", exitCode: 0 });
    expect(first.stderr).toContain("192.0.2.1:81");
    const start = performance.now();
    const second = await home.run(["-q", "-c", "import certifi; print('on')"]);
    expect(second.stdout).toBe("on\n");
    expect(performance.now() - start).toBeLessThan(4000);
  });
});

describe("woma cache", () => {
  testUnless(obstacle, "says where it is, what is in it and how big that is", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    expect(await home.run(["cache", "dir"])).toEqual({ stdout: `${home.cache}\n`, stderr: "", exitCode: 0 });
    expect(await home.run(["cache", "list"])).toEqual({ stdout: "", stderr: "", exitCode: 0 });
    await home
      .run(["cache", "fetch", "-q", "requests", "PIL"])
      .then(() => home.run(["cache", "fetch", "-q", "requests"]));
    const { stdout, exitCode } = await home.run(["cache", "list"]);
    expect(exitCode).toBe(0);
    for (const name of REQUESTS)
      expect(stdout).toMatch(new RegExp(`^${name}\\s+${lock.packages[name].version}\\b`, "m"));
    const bytes = REQUESTS.map(
      (name) => Bun.file(join(home.cache, "wheels-v1", lock.packages[name].sha256, fileOf(name))).size,
    );
    const size = Number((await home.run(["cache", "size"])).stdout);
    expect(size).toBeGreaterThanOrEqual(bytes.reduce((sum, value) => sum + value, 0));
  });

  testUnless(obstacle, "fetches packages and what they need, and knows those that the lock lacks", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    expect((await home.run(["cache", "fetch", "beautifulsoup4"])).exitCode).toBe(0);
    expect(home.wheels).toEqual(
      ["beautifulsoup4", "soupsieve", "typing-extensions"].map((name) => fileOf(name as "six")).sort(),
    );
    const { stderr, exitCode } = await home.run(["cache", "fetch", "reqeusts"]);
    expect(exitCode).toBe(1);
    expect(stderr).toStartWith("error: ");
    for (const word of ["reqeusts", "requests"]) expect(stderr).toContain(word);
  });

  testUnless(obstacle, "verifies: a file that has changed is removed, and fetched anew when it is needed", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    await home.run(["cache", "fetch", "-q", "six", "idna"]);
    expect((await home.run(["cache", "verify"])).exitCode).toBe(0);
    const path = join(home.cache, "wheels-v1", lock.packages.six.sha256, fileOf("six"));
    const bytes = await Bun.file(path).bytes();
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    Bun.spawnSync(["chmod", "u+w", path]);
    await Bun.write(path, bytes);
    const found = await home.run(["cache", "verify"]);
    expect(found.exitCode).toBe(1);
    expect(found.stdout + found.stderr).toContain(fileOf("six"));
    expect(home.wheels).toEqual([fileOf("idna")]);
    expect((await home.run(["cache", "verify"])).exitCode).toBe(0);
    expect((await home.run(["-q", "-c", "import six; print('on')"])).stdout).toBe("on\n");
  });

  testUnless(obstacle, "cleans, but nothing that a running program has mounted", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    await home.run(["cache", "fetch", "-q", "six", "beautifulsoup4"]);
    const code =
      "import bs4, sys; print('mounted', flush=True); sys.stdin.readline(); import bs4.diagnose; print(bs4.diagnose.__name__)";
    await using running = await home.start(["-c", code]);
    await running.woma.writes("mounted\n");
    expect((await home.run(["cache", "clean"])).exitCode).toBe(0);
    expect(home.wheels).not.toContain(fileOf("six"));
    expect(home.wheels).toContain(fileOf("beautifulsoup4"));
    running.woma.type("\n");
    expect(await running.woma.end()).toMatchObject({ stdout: "mounted\nbs4.diagnose\n", stderr: "", exitCode: 0 });
    expect((await home.run(["cache", "clean"])).exitCode).toBe(0);
    expect(home.wheels).toEqual([]);
  });

  testUnless(obstacle, "lets go above --cache-max of what was used least recently", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    await home.run(["cache", "fetch", "-q", "six", "sympy", "idna"]);
    const directory = (name: "six" | "sympy" | "idna" | "mpmath") =>
      join(home.cache, "wheels-v1", lock.packages[name].sha256);
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
    for (const [name, days] of [
      ["six", 1],
      ["idna", 2],
      ["sympy", 9],
      ["mpmath", 8],
    ] as const)
      utimesSync(directory(name), ago(days), ago(days));
    // 4 MB of sympy have to go, what is younger may stay.
    const outcome = await home.run(["-q", "--cache-max", "1", "-c", "import certifi"]);
    expect(outcome).toEqual({ stdout: "", stderr: "", exitCode: 0 });
    expect(home.wheels).toEqual(["certifi", "idna", "mpmath", "six"].map((name) => fileOf(name as "six")).sort());
  });

  testUnless(obstacle, "fetches the whole distribution, wheel by wheel, and goes on where it was", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    const outcome = await home.run(["cache", "fetch", "-q", "--all"], { timeoutMs: 170_000 });
    const served = mirror.requests.filter(({ status }) => status === 200).map(({ file }) => file);
    expect(home.wheels.filter((file) => !served.includes(file))).toEqual([]);
    expect(home.wheels.length).toBeGreaterThan(40);
    const missing = mirror.files.filter((file) => !served.includes(file));
    if (missing.length === 0) return expect(outcome.exitCode).toBe(0);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toStartWith("error: ");
    mirror.requests.length = 0;
    await home.run(["cache", "fetch", "-q", "--all"], { timeoutMs: 170_000 });
    expect(mirror.files.filter((file) => served.includes(file))).toEqual([]);
  });

  testUnless(obstacle, "takes the distribution from a release archive, each member checked", async () => {
    await using home = await PackageHome.make({});
    await using place = await directoryMirror(["six", "idna", "certifi"]);
    await Bun.write(join(place.path, fileOf("certifi")), "not the lock's bytes");
    const code = `
import tarfile
with tarfile.open("pyodide.tar.bz2", "w:bz2") as archive:
    for name in ${JSON.stringify(["six", "idna", "certifi"].map((name) => fileOf(name as "six")))}: archive.add(name, "pyodide/" + name)`;
    expect((await runWoma(["--mount", ".", "-c", code], { cwd: place.path })).stderr).toBe("");
    const outcome = await home.run(["cache", "fetch", "--all", "--archive", "pyodide.tar.bz2"], { cwd: place.path });
    expect(home.wheels).toEqual([fileOf("idna"), fileOf("six")].sort());
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toContain(fileOf("certifi"));
  });
});
