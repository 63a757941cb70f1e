import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import lock from "pyodide/pyodide-lock.json" with { type: "json" };
import { testUnless } from "../support/loud-skip.ts";
import { fileOf, mirroredFile, noMirror, TestMirror } from "../support/mirror.ts";
import { PackageHome } from "../support/package-home.ts";
import { packReleaseArchive } from "../support/release-archive.ts";
import { buildWheel, type Wheel } from "../support/wheel.ts";

const obstacle = await noMirror();
const WHEEL = buildWheel({ name: "library", version: "1.0" });
const OTHER = buildWheel({ name: "other.one", version: "2.0.post1" });

/** As a download leaves it. */
function plant(home: PackageHome, { sha256, fileName }: Wheel, bytes: Uint8Array): string {
  const directory = join(home.cache, "wheels-v1", sha256);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, fileName), bytes);
  utimesSync(directory, new Date("2026-01-02T03:04:05.678Z"), new Date("2026-01-02T03:04:05.678Z"));
  return join(directory, fileName);
}

const printed = (stdout: string) => ({ stdout, stderr: "", exitCode: 0 });
const told = (stderr: string, exitCode = 0) => ({ stdout: "", stderr, exitCode });

describe("of a cache that is not there", () => {
  test("`woma cache` says where it would be, that it has nothing, and makes none to say so", async () => {
    await using home = await PackageHome.make({});
    expect(await home.run(["cache", "dir"])).toEqual(printed(`${home.cache}\n`));
    expect(await home.run(["cache", "dir", "--pyodide-cache", "here"])).toEqual(printed(`${home.path}/here\n`));
    expect(await home.run(["cache", "list"])).toEqual(printed(""));
    expect(await home.run(["cache", "size"])).toEqual(printed("0\n"));
    expect(await home.run(["cache", "size", "--human"])).toEqual(printed("0 bytes\n"));
    expect(readdirSync(home.path)).toEqual([]);
  });
});

describe("of a cache with wheels", () => {
  test("`woma cache list` and `size` print what there is, for programs to read", async () => {
    await using home = await PackageHome.make({});
    plant(home, WHEEL, WHEEL.bytes);
    plant(home, OTHER, OTHER.bytes);
    expect(await home.run(["cache", "list"])).toEqual(
      printed(
        `library    1.0        ${WHEEL.bytes.length}  2026-01-02T03:04:05Z\n` +
          `other-one  2.0.post1  ${OTHER.bytes.length}  2026-01-02T03:04:05Z\n`,
      ),
    );
    const { stdout } = await home.run(["cache", "size"]);
    expect(Number(stdout)).toBe(WHEEL.bytes.length + OTHER.bytes.length);
    expect(await home.run(["cache", "size", "--human"])).toEqual(printed("2 kB\n"));
  });

  test("`woma cache verify` names what is corrupt, removes it, and exits with 1", async () => {
    await using home = await PackageHome.make({});
    const path = plant(home, WHEEL, new TextEncoder().encode("something else"));
    plant(home, OTHER, OTHER.bytes);
    expect(await home.run(["cache", "verify"])).toEqual({
      stdout: `${path}: its sha256 is another; removed\n`,
      stderr:
        "error: 1 of 2 files in the cache was corrupt and removed\n\n" +
        "hint: what is needed of them is fetched again; if this happens often, look at the disk\n",
      exitCode: 1,
    });
    expect(await home.run(["cache", "verify"])).toEqual(told(`woma: verified 1 file (${OTHER.bytes.length} bytes)\n`));
    expect(await home.run(["cache", "verify", "-q"])).toEqual(printed(""));
  });

  test("`woma cache clean` removes them, and says how much", async () => {
    await using home = await PackageHome.make({});
    plant(home, WHEEL, WHEEL.bytes);
    expect(await home.run(["cache", "clean"])).toEqual(told(`woma: removed ${WHEEL.bytes.length} bytes\n`));
    expect(await home.run(["cache", "list"])).toEqual(printed(""));
    expect(await home.run(["cache", "clean", "-q"])).toEqual(printed(""));
  });
});

describe("`woma cache fetch`", () => {
  test("knows what it does not know, and what was meant", async () => {
    await using home = await PackageHome.make({});
    const fails = async (name: string) => (await home.run(["cache", "fetch", name])).stderr;
    expect(await fails("reqeusts")).toBe(
      "error: the distribution has no package 'reqeusts'\n\nhint: did you mean requests? `woma install reqeusts` asks the package index\n",
    );
    expect(await fails("PIL")).toBe("error: the distribution has no package 'PIL'\n\nhint: that module is in pillow\n");
  });

  test("takes a mirror from WOMA_MIRROR, unless --mirror names one, and no nonsense from either", async () => {
    await using home = await PackageHome.make({ mirror: { url: "ftp://a.example/" } });
    const example = "https://mirror.example/pyodide/, or a directory such as /srv/pyodide";
    expect(await home.run(["cache", "fetch", "six"])).toEqual(
      told(
        `error: WOMA_MIRROR=ftp://a.example/: ftp: is not understood; http:, https: and file: are\n\nhint: for example WOMA_MIRROR=${example}\n`,
        2,
      ),
    );
    const { stderr, exitCode } = await home.run(["cache", "fetch", "--mirror", home.path, "--offline", "six"]);
    expect({ exitCode, lines: stderr.split("\n").slice(0, 2) }).toEqual({
      exitCode: 1,
      lines: [
        `error: cannot fetch six ${lock.packages.six.version} (${fileOf("six")})`,
        `  file://${home.path}/${fileOf("six")}: no such file`,
      ],
    });
  });

  test("says what it cannot fetch offline, and what the limits are", async () => {
    await using home = await PackageHome.make({});
    expect(await home.run(["cache", "fetch", "--offline", "six"])).toEqual(
      told(
        `error: cannot fetch six ${lock.packages.six.version} (${fileOf("six")})\n` +
          "  the cache and the mirrors on this machine's disks: not there\n\n" +
          "hint: leave out --offline, or fetch it beforehand with a network: woma cache fetch six\n",
        1,
      ),
    );
    expect((await home.run(["cache", "fetch", "--max-packages", "2", "pandas"])).stderr).toBe(
      "error: this run asks for 5 packages, over its --max-packages of 2\n\nhint: allow more with --max-packages\n",
    );
  });

  test("asks no server for an archive offline", async () => {
    await using home = await PackageHome.make({});
    expect(
      await home.run(["cache", "fetch", "--all", "--offline", "--archive", "http://127.0.0.1:9/release.tar.bz2"]),
    ).toEqual(
      told(
        "error: --offline sends no request, and --archive is on a server\n\nhint: get the archive first, and give --archive its path\n",
        1,
      ),
    );
  });

  testUnless(obstacle, "gets packages and what they need, a line each; the second time it has them", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    const { stdout, stderr, exitCode } = await home.run(["cache", "fetch", "Python_Dateutil"]);
    expect({ stdout, exitCode, lines: stderr.split("\n").sort() }).toEqual({
      stdout: "",
      exitCode: 0,
      lines: [
        "",
        `woma: fetched python-dateutil ${lock.packages["python-dateutil"].version} (230 kB)`,
        `woma: fetched six ${lock.packages.six.version} (11 kB)`,
        "woma: the cache has 2 packages",
      ],
    });
    expect(await home.run(["cache", "fetch", "six"])).toEqual(told("woma: the cache has 1 package\n"));
    expect(mirror.files).toEqual([fileOf("python-dateutil"), fileOf("six")]);
  });

  testUnless(obstacle, "ends of Ctrl-C in between, and goes on where it was", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    mirror.fault(/numpy/, { kind: "slow", bytesPerSecond: 1_000_000 });
    await using running = await home.start(["cache", "fetch", "numpy"]);
    await Bun.sleep(1200);
    process.kill(running.woma.pid, "SIGINT");
    expect(await running.woma.end()).toEqual({
      stdout: "",
      stderr: "woma: stopped; what has come so far is kept, and not fetched again\n",
      exitCode: null,
      signal: "SIGINT",
    });
    mirror.mend();
    expect((await home.run(["cache", "fetch", "-q", "numpy"])).exitCode).toBe(0);
    expect(mirror.requests.filter(({ range }) => range !== null).map(({ status }) => status)).toEqual([206]);
  });

  testUnless(obstacle, "--all takes what the release archive has, checks each, and says what it has not", async () => {
    await using home = await PackageHome.make({});
    const files = new Map<string, Uint8Array>();
    for (const name of ["six", "idna"] as const)
      files.set(fileOf(name), (await mirroredFile(fileOf(name))) ?? WHEEL.bytes);
    files.set(fileOf("certifi"), WHEEL.bytes);
    const archive = join(home.path, "release.tar.bz2");
    await Bun.write(archive, await packReleaseArchive(files));
    const outcome = await home.run(["cache", "fetch", "--all", "--archive", archive, "--offline"]);
    const [first, second, third, error] = outcome.stderr.split("\n");
    expect({ ...outcome, stderr: [first, second, third, error] }).toEqual({
      stdout: "",
      stderr: [
        `woma: fetched six ${lock.packages.six.version} (11 kB)`,
        `woma: fetched idna ${lock.packages.idna.version} (71 kB)`,
        `woma: ${fileOf("certifi")} in the release archive is not the lock's: its sha256 is another`,
        expect.stringContaining("error: cannot fetch "),
      ],
      exitCode: 1,
    } as never);
    expect((await home.run(["cache", "list"])).stdout.split(/ .*\n/)).toEqual(["idna", "six", ""]);
    // What the archive gave is not read again.
    const again = await home.run(["cache", "fetch", "--all", "--archive", archive, "--offline"]);
    expect(again.stderr).not.toContain("fetched");
  });
});
