import { describe, expect } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import lock from "pyodide/pyodide-lock.json" with { type: "json" };
import { builtBinary } from "../support/binary.ts";
import { notRoot, testUnless } from "../support/loud-skip.ts";
import { type Fault, fileOf, mirroredFile, noMirror, TestMirror } from "../support/mirror.ts";
import { PackageHome } from "../support/package-home.ts";
import { cannotMount, mountSmall } from "../support/privileges.ts";
import { childrenOf, eventually } from "../support/processes.ts";

const obstacle = await noMirror();

const NUMPY = fileOf("numpy");
const CODE = "import numpy as np; print(np.array([1,2,3]).mean())";
/** What has come is put on the disk in pieces, of which the last is in memory. */
const WRITTEN_AT_ONCE = 2 ** 19;
const USED = { stdout: "2.0\n", exitCode: 0 };

async function used(home: PackageHome, flags: readonly string[] = []) {
  const { stdout, exitCode } = await home.run(["-q", ...flags, "-c", CODE]);
  return { stdout, exitCode };
}

describe("a server that misbehaves for a while", () => {
  const faults: readonly (readonly [words: string, fault: Fault, times: number])[] = [
    ["is in trouble (500) twice", { kind: "status", status: 500 }, 2],
    [
      "has too many requests (429), and says when to come again",
      { kind: "status", status: 429, headers: { "retry-after": "1" } },
      2,
    ],
    ["drops the connection in the middle, several times", { kind: "cut", afterBytes: 400_000 }, 3],
    ["drops the connection at once", { kind: "cut", afterBytes: 0 }, 1],
    ["serves no parts", { kind: "no parts" }, 9],
  ];
  for (const [words, fault, times] of faults)
    testUnless(obstacle, `and ${words}, is asked again`, async () => {
      await using mirror = await TestMirror.start();
      await using home = await PackageHome.make({ mirror });
      mirror.fault(/numpy/, fault, times);
      expect(await used(home)).toEqual(USED);
      expect(home.wheels).toEqual([NUMPY]);
    });

  testUnless(obstacle, "and drops the connection is asked for the rest only", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    mirror.fault(/numpy/, { kind: "cut", afterBytes: 2_000_000 }, 1);
    expect(await used(home)).toEqual(USED);
    expect(mirror.requests.map(({ range }) => range === null)).toEqual([true, false]);
    expect(mirror.requests[1]?.status).toBe(206);
  });

  testUnless(obstacle, "and redirects is followed, to another host too", async () => {
    await using mirror = await TestMirror.start();
    await using other = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    mirror.fault(/numpy/, { kind: "redirect", to: `${other.url}${NUMPY}` });
    expect(await used(home)).toEqual(USED);
    expect(other.files).toEqual([NUMPY]);
  });
});

describe("a server that does not get better", () => {
  const faults: readonly (readonly [words: string, fault: Fault, said: RegExp])[] = [
    ["has not the file", { kind: "status", status: 404 }, /404/],
    ["is in trouble", { kind: "status", status: 500 }, /500/],
    ["refuses", { kind: "status", status: 403 }, /403/],
    ["redirects for ever", { kind: "redirect", to: `/${NUMPY}` }, /redirect/],
    ["sends other bytes", { kind: "other bytes", bytes: new Uint8Array(2_916_023) }, /sha256|hash/],
    [
      "sends a page in place of a file",
      { kind: "other bytes", bytes: new TextEncoder().encode("<html>log in</html>") },
      /sha256|hash/,
    ],
    ["drops every connection", { kind: "cut", afterBytes: 0 }, /./],
  ];
  for (const [words, fault, said] of faults)
    testUnless(obstacle, `and ${words}, is told of, and nothing of it is kept`, async () => {
      await using mirror = await TestMirror.start();
      await using home = await PackageHome.make({ mirror });
      mirror.fault(/numpy/, fault);
      const { stdout, stderr, exitCode } = await home.run(["-c", CODE]);
      expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
      expect(stderr).toContain("numpy");
      expect(stderr).toContain(new URL(mirror.url).host);
      expect(stderr).toMatch(said);
      expect(home.wheels).toEqual([]);
      mirror.mend();
      expect(await used(home)).toEqual(USED);
      expect(home.wheels).toEqual([NUMPY]);
    });

  testUnless(obstacle, "is left for the next mirror", async () => {
    await using mirror = await TestMirror.start();
    await using other = await TestMirror.start();
    await using home = await PackageHome.make({ mirror: { url: `${mirror.url},${other.url}` } });
    mirror.fault(/numpy/, { kind: "other bytes", bytes: new Uint8Array(1000) });
    expect(await used(home)).toEqual(USED);
    expect(other.files).toEqual([NUMPY]);
    expect(home.wheels).toEqual([NUMPY]);
  });

  testUnless(obstacle, "and stalls, is given up at --install-timeout, which the message names", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    mirror.fault(/numpy/, { kind: "stall", afterBytes: 100_000 });
    const start = performance.now();
    const { stdout, stderr, exitCode } = await home.run(["--install-timeout", "3", "-c", CODE]);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(stderr).toContain("--install-timeout");
    expect(performance.now() - start).toBeLessThan(15_000);
    expect(home.wheels).toEqual([]);
  });
});

describe("limits of an installation", () => {
  testUnless(obstacle, "are not the run's: --timeout does not count a download", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    mirror.fault(/numpy/, { kind: "slow", bytesPerSecond: 400_000 });
    const start = performance.now();
    expect(await used(home, ["--timeout", "6"])).toEqual(USED);
    expect(performance.now() - start).toBeGreaterThan(7000);
    const late = await home.run(["-q", "--timeout", "1", "-c", "import numpy, time; time.sleep(30)"]);
    expect(late.exitCode).toBe(124);
  });

  testUnless(obstacle, "of bytes and packages are named with their values", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    for (const [flag, value, said] of [
      ["--max-download", "1", /\b1 MB\b/],
      ["--max-packages", "2", /\b2\b/],
    ] as const) {
      const { stdout, stderr, exitCode } = await home.run([flag, value, "-c", "import pandas"]);
      expect({ flag, stdout, exitCode }).toEqual({ flag, stdout: "", exitCode: 1 });
      expect(stderr).toContain(flag);
      expect(stderr).toMatch(said);
    }
    // What was in the connections' buffers counts for sent; all of it would be 8 MB.
    expect(mirror.sentBytes).toBeLessThan(6_000_000);
  });
});

describe("processes that share a cache", () => {
  testUnless(obstacle, "and import the same package at once, fetch it once", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    // Slow enough for all to come while the first still fetches.
    mirror.fault(/numpy/, { kind: "slow", bytesPerSecond: 1_000_000 });
    const runs = Array.from({ length: 10 }, () => home.run(["-q", "-c", CODE]));
    expect(await Promise.all(runs)).toEqual(Array(10).fill({ ...USED, stderr: "" }));
    expect(mirror.sentBytes).toBe(((await mirroredFile(NUMPY)) ?? []).length);
    expect(home.wheels).toEqual([NUMPY]);
  });

  testUnless(obstacle, "go on when the one that fetches is killed, and from where it was", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    mirror.fault(/numpy/, { kind: "slow", bytesPerSecond: 800_000 }, 1);
    await using first = await home.start(["-q", "-c", CODE]);
    await eventually("a download is under way", () => home.partialBytes > 1_000_000);
    const second = home.run(["-q", "-c", CODE]);
    await Bun.sleep(700);
    first.woma.child.kill("SIGKILL");
    expect(await second).toEqual({ ...USED, stderr: "" });
    expect(mirror.requests.map(({ range }) => /^bytes=[1-9]\d*-/.test(range ?? "")).sort()).toEqual([false, true]);
    expect(home.wheels).toEqual([NUMPY]);
  });

  for (const [words, afterBytes] of [
    ["early", 600_000],
    ["half way", 1_500_000],
    ["late", 2_900_000],
  ] as const)
    testUnless(obstacle, `leave nothing corrupt when one is killed ${words} in a download`, async () => {
      await using mirror = await TestMirror.start();
      await using home = await PackageHome.make({ mirror });
      mirror.fault(/numpy/, { kind: "stall", afterBytes }, 1);
      await using killed = await home.start(["-q", "-c", CODE]);
      await eventually("a download is under way", () => home.partialBytes >= afterBytes - WRITTEN_AT_ONCE);
      const cells = childrenOf(killed.woma.pid);
      killed.woma.child.kill("SIGKILL");
      expect((await killed.woma.end()).stdout).toBe("");
      expect(home.wheels).toEqual([]);
      await eventually("no cell outlives its broker", () => cells.every((pid) => !existsSync(`/proc/${pid}`)));
      expect(await home.run(["-q", "-c", CODE])).toEqual({ ...USED, stderr: "" });
      expect(home.wheels).toEqual([NUMPY]);
      expect(home.partialBytes).toBe(0);
    });
});

describe("a cache that cannot be written", () => {
  testUnless(obstacle ?? notRoot, "by this user serves what it has, and the rest is fetched for the run", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    await home.run(["cache", "fetch", "-q", "six"]);
    Bun.spawnSync(["chmod", "-R", "a-w", home.cache]);
    chmodSync(home.path, 0o755);
    const binary = await builtBinary();
    const environment = Object.entries(home.environment).map(([name, value]) => `${name}=${value}`);
    const asNobody = async (code: string) => {
      const user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", ...environment];
      const child = Bun.spawn([...user, binary, "-c", code], {
        cwd: "/",
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      });
      const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
      return { stdout, stderr, exitCode: await child.exited };
    };
    expect(await asNobody("import six; print(six.PY3)")).toEqual({ stdout: "True\n", stderr: "", exitCode: 0 });
    mirror.requests.length = 0;
    const { stderr, ...fetched } = await asNobody("import idna; print(idna.__name__)");
    expect(fetched).toEqual({ stdout: "idna\n", exitCode: 0 });
    expect(stderr).toContain(home.cache);
    Bun.spawnSync(["chmod", "-R", "u+w", home.cache]);
    expect(home.wheels).toEqual([fileOf("six")]);
  });

  testUnless(obstacle ?? cannotMount, "because the disk is full is told of, and nothing half stays", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    mkdirSync(home.cache);
    using _small = mountSmall(home.cache, "size=1m,mode=755");
    const { stdout, stderr, exitCode } = await home.run(["-c", CODE]);
    // It may go on with a file of its own elsewhere; what it may not is fail without a word.
    expect(stderr).toMatch(/no space left/i);
    expect([{ stdout: "", exitCode: 1 }, USED]).toContainEqual({ stdout, exitCode });
    expect(home.wheels).toEqual([]);
    expect(home.partialBytes).toBe(0);
    expect((await home.run(["-q", "-c", "import six; print(six.PY3)"])).stdout).toBe("True\n");
    expect(home.wheels).toEqual([fileOf("six")]);
  });

  testUnless(obstacle, "with files of another version beside is used as if they were not there", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    for (const name of [
      "wheels-v9/x",
      "wheels-v1/not-a-hash/y",
      `wheels-v1/${lock.packages.six.sha256}/other.whl`,
      "partial-v1/z.part",
    ])
      await Bun.write(join(home.cache, name), "something else");
    expect((await home.run(["-q", "-c", "import six; print(six.PY3)"])).stdout).toBe("True\n");
    expect((await home.run(["-q", "--offline", "-c", "import six; print(six.PY3)"])).stdout).toBe("True\n");
    expect(readFileSync(join(home.cache, "wheels-v9/x"), "utf8")).toBe("something else");
  });
});
