import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import lock from "pyodide/pyodide-lock.json" with { type: "json" };
import { planTable } from "../../src/cli/plan-table.ts";
import { TestIndex } from "../support/index-server.ts";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { fileOf, noMirror, TestMirror } from "../support/mirror.ts";
import { PackageHome } from "../support/package-home.ts";
import { Terminal } from "../support/pty.ts";
import { buildWheel } from "../support/wheel.ts";

const obstacle = await noMirror();

describe("the plan", () => {
  const planned = (name: string, why: "lock" | "index" | "index instead of lock", bytes: number | null = null) => ({
    file: { name, version: "1.2", fileName: `${name}.whl`, sha256: name, origin: "index" as const, url: null, bytes },
    requiredBy: [],
    why,
  });

  test("has a line for each package, and the totals", () => {
    const packages = [
      planned("numpy", "lock"),
      planned("msgpack", "index instead of lock", 412_345),
      planned("h2", "index", 61_000),
    ];
    expect(planTable({ packages, notes: [] }, new Map([["numpy", 2_916_023]]))).toBe(
      [
        "package        size  from",
        "numpy 1.2    2.9 MB  lock                   in the cache",
        "msgpack 1.2  412 kB  index instead of lock  to be fetched",
        "h2 1.2        61 kB  index                  to be fetched",
        "3 packages: 1 in the cache, 2 to be fetched (473 kB)",
        "",
      ].join("\n"),
    );
  });

  test("says what it does not know, and when there is nothing to do", () => {
    expect(
      planTable({ packages: [planned("a", "lock"), planned("b", "index", 1_000_000)], notes: [] }, new Map()),
    ).toBe(
      [
        "package    size  from",
        "a 1.2         ?  lock   to be fetched",
        "b 1.2    1.0 MB  index  to be fetched",
        "2 packages: 0 in the cache, 2 to be fetched (more than 1.0 MB)",
        "",
      ].join("\n"),
    );
    expect(planTable({ packages: [planned("a", "lock")], notes: [] }, new Map([["a", 1]]))).toBe(
      "package    size  from\na 1.2    1 byte  lock  in the cache\n1 package, in the cache already\n",
    );
    expect(planTable({ packages: [], notes: [] }, new Map())).toBe("nothing to install: all of it is part of woma\n");
  });
});

describe("`woma install`", () => {
  const titles = {
    six: `six ${lock.packages.six.version}`,
    dateutil: `python-dateutil ${lock.packages["python-dateutil"].version}`,
  };
  const width = titles.dateutil.length;

  testUnless(obstacle, "prints its plan, fetches, and has nothing to do the second time", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    const stdout = [
      `${"package".padEnd(width)}  size  from`,
      `${titles.six.padEnd(width)}     ?  lock  to be fetched`,
      `${titles.dateutil}     ?  lock  to be fetched`,
      "2 packages: 0 in the cache, 2 to be fetched\n",
    ].join("\n");
    expect(await home.run(["install", "--dry-run", "python-dateutil"])).toEqual({ stdout, stderr: "", exitCode: 0 });
    // Whether a file is there is asked, for the plan to be true.
    expect(mirror.requests.map(({ range }) => range)).toEqual(["bytes=0-0", "bytes=0-0"]);
    const installed = await home.run(["install", "python-dateutil"]);
    expect({ ...installed, stderr: installed.stderr.split("\n").sort() }).toEqual({
      stdout,
      stderr: [
        "",
        `woma: fetched ${titles.dateutil} (230 kB)`,
        `woma: fetched ${titles.six} (11 kB)`,
        "woma: the cache has 2 packages",
      ],
      exitCode: 0,
    });
    expect(await home.run(["install", "-q", "--offline", "python-dateutil"])).toEqual({
      stdout: [
        `${"package".padEnd(width)}    size  from`,
        `${titles.six.padEnd(width)}   11 kB  lock  in the cache`,
        `${titles.dateutil}  230 kB  lock  in the cache`,
        "2 packages, in the cache already\n",
      ].join("\n"),
      stderr: "",
      exitCode: 0,
    });
    expect(mirror.files).toEqual([fileOf("python-dateutil"), fileOf("six")]);
  });

  testUnless(obstacle, "plans an index's file for one of the lock that no source has", async () => {
    const wheel = buildWheel({ name: "xxhash", version: "3.6.0" });
    using index = new TestIndex({ coreMetadata: true }).add(wheel);
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror, index });
    const size = `${wheel.bytes.length} bytes`;
    const dry = await home.run(["install", "--dry-run", "-q", "xxhash"]);
    expect(dry).toEqual({
      stdout:
        `package       ${"size".padStart(size.length)}  from\n` +
        `xxhash 3.6.0  ${size}  index instead of lock  to be fetched\n` +
        `1 package: 0 in the cache, 1 to be fetched (${size})\n`,
      stderr: "",
      exitCode: 0,
    });
    expect(await home.run(["install", "-q", "xxhash"])).toEqual(dry);
    expect((await home.run(["install", "-q", "xxhash"])).stdout).toEndWith("1 package, in the cache already\n");
  });

  testUnless(obstacle, "takes an archive that a mirror has changed for none, and says what to do", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    mirror.fault(/six/, { kind: "other bytes", bytes: new TextEncoder().encode("not it") });
    const { stderr, exitCode } = await home.run(["install", "six"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`error: cannot fetch six ${lock.packages.six.version} (${fileOf("six")})\n`);
    expect(stderr).toContain(`  expected: sha256 ${lock.packages.six.sha256}\n`);
  });

  testUnless(notOnLinux, "takes requirements files, one after another, and what they say of indexes", async () => {
    using index = new TestIndex({ coreMetadata: true }).add(buildWheel({ name: "library", version: "1.0" }));
    index.add(buildWheel({ name: "library", version: "2.0" })).add(buildWheel({ name: "other", version: "1.0" }));
    await using home = await PackageHome.make({});
    writeFileSync(join(home.path, "a.txt"), `--index-url \${INDEX}\nlibrary\n-c limits.txt\n`);
    writeFileSync(join(home.path, "b.txt"), "other  # and this\n");
    writeFileSync(join(home.path, "limits.txt"), "library<2\n");
    const outcome = await home.run(["install", "-q", "-r", "a.txt", "-rb.txt"], { env: { INDEX: index.url } });
    expect({
      ...outcome,
      stdout: outcome.stdout
        .replace(/ +\d+ bytes/g, "")
        .split("\n")
        .slice(1)
        .sort(),
    }).toEqual({
      stdout: [
        "",
        "2 packages: 0 in the cache, 2 to be fetched (2 kB)",
        "library 1.0  index  to be fetched",
        "other 1.0  index  to be fetched",
      ],
      stderr: "",
      exitCode: 0,
    });
    writeFileSync(join(home.path, "c.txt"), `other --hash=sha256:${"0".repeat(64)}\n`);
    expect(await home.run(["install", "library", "-r", "c.txt"])).toEqual({
      stdout: "",
      stderr:
        "error: 'library' has no hash, and the requirements file demands hashes\n\nhint: write it into the file, with its --hash=sha256:…\n",
      exitCode: 2,
    });
  });

  testUnless(notOnLinux, "writes woma.lock with --lock, and with --locked takes what it says", async () => {
    const wheel = buildWheel({ name: "library", version: "1.0" });
    using index = new TestIndex().add(wheel);
    await using home = await PackageHome.make({ index });
    expect(await home.run(["install", "--locked"])).toEqual({
      stdout: "",
      stderr:
        "error: --locked demands a woma.lock, and there is none\n\nhint: write one with --lock, beside the program or in the current directory\n",
      exitCode: 1,
    });
    expect(await home.run(["install", "--lock", "library"])).toMatchObject({
      stderr: `woma: fetched library 1.0 (${wheel.bytes.length} bytes)\nwoma: the cache has 1 package\nwoma: wrote ${home.path}/woma.lock\n`,
      exitCode: 0,
    });
    // A newer one changes nothing, and no page is asked for.
    index.add(buildWheel({ name: "library", version: "2.0" })).requests.length = 0;
    await home.run(["cache", "clean", "-q"]);
    for (const words of [["--locked"], ["--locked", "library"], ["library"]]) {
      const { stdout, exitCode } = await home.run(["install", "-q", ...words]);
      expect({ exitCode, version: /library \S+/.exec(stdout)?.[0] }).toEqual({ exitCode: 0, version: "library 1.0" });
    }
    expect(index.requests).toEqual([`/files/${wheel.fileName}`]);
    expect(await home.run(["install", "-q", "--locked", "library>=2"])).toEqual({
      stdout: "",
      stderr: `error: ${home.path}/woma.lock was not made for library>=2 (the command line)\n\nhint: write it anew with --lock in place of --locked\n`,
      exitCode: 1,
    });
  });

  testUnless(obstacle, "and an import leave no bar behind when the download has failed", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    mirror.fault(/numpy/, { kind: "slow", bytesPerSecond: 300_000 });
    for (const words of [
      ["install", "numpy"],
      ["-c", "import numpy"],
    ]) {
      await using terminal = await Terminal.open(["--install-timeout", "1.5", ...words], {
        home: home.path,
        env: home.environment,
      });
      await terminal.shows(/^numpy .*MB.*MB\/s +\d+ s$/m);
      await terminal.shows("the --install-timeout");
      expect(await terminal.ends()).toBe(1);
      expect(terminal.screen.text).not.toContain("MB/s");
    }
  });

  test("is not what runs a file of that name by its path", async () => {
    await using home = await PackageHome.make({});
    writeFileSync(join(home.path, "install"), "print('mine')");
    expect(await home.run(["./install"])).toEqual({ stdout: "mine\n", stderr: "", exitCode: 0 });
  });
});
