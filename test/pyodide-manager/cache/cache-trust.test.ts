import { describe, expect, test } from "bun:test";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Cache, openCache } from "../../../src/pyodide-manager/cache/cache.ts";
import { fetchPackage } from "../../../src/pyodide-manager/download/download.ts";
import { notOnLinux, notRoot, testUnless } from "../../support/loud-skip.ts";
import { scratchDirectory } from "../../support/woma.ts";
import { downloading, wholeOf } from "../support/downloads.ts";
import { offeredBytes, offeredWheel } from "../support/package-files.ts";
import { served, startRawServer } from "../support/raw-server.ts";
import { zipBytes } from "../support/zip-bytes.ts";

const { file, bytes } = offeredWheel("planted", 100_000);
/** Of the same length, and an archive as well. */
const tampered = Buffer.from(bytes).fill(0x21, 1000, 2000);
const NOBODY = 65534;

/** A cache with these bytes as the wheel. */
function plant(directory: string, content: Uint8Array): Cache {
  const cache = openCache(directory);
  mkdirSync(join(directory, "wheels-v1", file.sha256), { recursive: true });
  writeFileSync(cache.wheelPath(file), content);
  return cache;
}

function giveAway(directory: string): void {
  expect(Bun.spawnSync(["chown", "-R", String(NOBODY), directory]).success).toBe(true);
}

/** What `find` gives for it, and what it says. */
function found(cache: Cache): { bytes: Uint8Array | null; notes: readonly string[] } {
  const notes: string[] = [];
  const wheel = cache.find(file, (text) => notes.push(text));
  return { bytes: wheel === null ? null : wholeOf(wheel), notes };
}

describe("a cache that only this user can write to", () => {
  testUnless(notOnLinux, "is trusted, but its disk is not: each wheel is verified when it is opened", async () => {
    await using scratch = await scratchDirectory();
    const cache = plant(scratch.path, bytes);
    expect([cache.trusted, cache.writable]).toEqual([true, true]);
    expect(found(cache)).toEqual({ bytes, notes: [] });
    writeFileSync(cache.wheelPath(file), tampered);
    expect(found(cache)).toEqual({
      bytes: null,
      notes: [`${file.fileName} in the cache is damaged (its sha256 is another): it is not used`],
    });
    expect([existsSync(dirname(cache.wheelPath(file))), found(cache)]).toEqual([false, { bytes: null, notes: [] }]);
  });

  testUnless(notOnLinux, "is trusted below a sticky directory, and through a link of the user's", async () => {
    await using scratch = await scratchDirectory();
    chmodSync(scratch.path, 0o1777);
    plant(join(scratch.path, "real"), bytes);
    symlinkSync("real", join(scratch.path, "linked"));
    expect(openCache(join(scratch.path, "linked")).trusted).toBe(true);
  });

  test("has what is damaged in it fetched again", async () => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer((request) => served(bytes, request));
    plant(scratch.path, bytes.subarray(0, 50_000));
    const context = downloading(scratch.path, [server.url]);
    expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
    expect(context.notes).toEqual([`${file.fileName} in the cache is damaged (its sha256 is another): it is not used`]);
    expect(readFileSync(openCache(scratch.path).wheelPath(file))).toEqual(Buffer.from(bytes));
  });

  test.each<[string, (path: string) => void, string[]]>([
    [
      "a directory",
      (path) => mkdirSync(path),
      [`${file.fileName} in the cache is damaged (it is no file): it is not used`],
    ],
    ["a link", (path) => symlinkSync("/etc/passwd", path), []],
    [
      "a pipe",
      (path) => void Bun.spawnSync(["mkfifo", path]),
      [`${file.fileName} in the cache is damaged (it is no file): it is not used`],
    ],
  ])("has %s that is in a wheel's place replaced", async (_, make, notes) => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer((request) => served(bytes, request));
    const cache = plant(scratch.path, bytes);
    rmSync(cache.wheelPath(file));
    make(cache.wheelPath(file));
    const context = downloading(scratch.path, [server.url]);
    expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
    expect(context.notes).toEqual(notes);
    expect(readFileSync(cache.wheelPath(file))).toEqual(Buffer.from(bytes));
  });
});

/** What makes a cache one that others can write to. */
const OPENINGS: readonly [string, (directory: string) => void][] = [
  ["belongs to another user", giveAway],
  ["is writable by all", (directory) => void Bun.spawnSync(["chmod", "-R", "777", directory])],
  ["is writable by a group", (directory) => chmodSync(directory, 0o775)],
  ["has wheels that all can replace", (directory) => chmodSync(join(directory, "wheels-v1"), 0o777)],
  [
    "has one wheel's directory that all can write to",
    (directory) => chmodSync(join(directory, "wheels-v1", file.sha256), 0o777),
  ],
  [
    "has one wheel that all can write to",
    (directory) => chmodSync(join(directory, "wheels-v1", file.sha256, file.fileName), 0o666),
  ],
  [
    "has one wheel of another user's",
    (directory) => chownSync(join(directory, "wheels-v1", file.sha256, file.fileName), NOBODY, NOBODY),
  ],
];

describe("a cache that", () => {
  for (const [what, open] of OPENINGS) {
    testUnless(notRoot, `${what} has each wheel verified when it is opened`, async () => {
      await using scratch = await scratchDirectory();
      const directory = join(scratch.path, "cache");
      plant(directory, bytes);
      open(directory);
      expect(found(openCache(directory))).toEqual({ bytes, notes: [] });
      writeFileSync(openCache(directory).wheelPath(file), tampered);
      expect(found(openCache(directory))).toEqual({
        bytes: null,
        notes: [`${file.fileName} in the cache is damaged (its sha256 is another): it is not used`],
      });
      expect(found(openCache(directory))).toEqual({ bytes: null, notes: [] });
    });
  }

  testUnless(
    notRoot,
    "lies in a directory of another user's is not trusted, nor one behind such a user's link",
    async () => {
      await using scratch = await scratchDirectory();
      const theirs = join(scratch.path, "theirs");
      mkdirSync(theirs);
      plant(join(theirs, "cache"), bytes);
      symlinkSync(scratch.path, join(theirs, "link"));
      plant(join(scratch.path, "cache"), bytes);
      expect(openCache(join(theirs, "link/cache")).trusted).toBe(true);
      giveAway(theirs);
      expect(openCache(join(theirs, "cache")).trusted).toBe(false);
      expect(openCache(join(theirs, "link/cache")).trusted).toBe(false);
      expect(openCache(join(scratch.path, "cache")).trusted).toBe(true);
    },
  );

  testUnless(notRoot, "others can write to cannot change a wheel that is open", async () => {
    await using scratch = await scratchDirectory();
    const directory = join(scratch.path, "cache");
    plant(directory, bytes);
    chmodSync(directory, 0o777);
    const cache = openCache(directory);
    const wheel = cache.find(file);
    writeFileSync(cache.wheelPath(file), tampered);
    expect(wheel === null ? null : wholeOf(wheel)).toEqual(bytes);
  });

  testUnless(notRoot, "others can write to may hold an archive that means harm: it is refused", async () => {
    await using scratch = await scratchDirectory();
    const hostile = offeredBytes("hostile", zipBytes([{ name: "a.py", localName: "../../../b.py" }])).file;
    const directory = join(scratch.path, "cache");
    const cache = openCache(directory);
    mkdirSync(join(directory, "wheels-v1", hostile.sha256));
    writeFileSync(cache.wheelPath(hostile), zipBytes([{ name: "a.py", localName: "../../../b.py" }]));
    chmodSync(directory, 0o777);
    const notes: string[] = [];
    expect(openCache(directory).find(hostile, (text) => notes.push(text))).toBeNull();
    expect(notes).toEqual([
      `${hostile.fileName} in the cache is damaged (a.py has two descriptions that differ): it is not used`,
    ]);
  });

  testUnless(
    notRoot,
    "others can write to is downloaded to all the same, and what they do to a part is noticed",
    async () => {
      await using scratch = await scratchDirectory();
      await using server = await startRawServer((request) => served(bytes, request));
      const directory = join(scratch.path, "cache");
      mkdirSync(join(directory, "partial-v1"), { recursive: true });
      writeFileSync(join(directory, "partial-v1", `${file.sha256}.part`), tampered.subarray(0, 5000));
      openCache(directory);
      giveAway(directory);
      expect(wholeOf(await fetchPackage(file, downloading(directory, [server.url])))).toEqual(bytes);
      expect(server.requests.map(({ start }) => start)).toEqual([5000, 0]);
    },
  );
});

test("a name or hash that is none is refused before there is a path of it", () => {
  const cache = new Cache("/nowhere", false);
  const refusal = (given: object) => {
    try {
      return cache.wheelPath({ ...file, ...given });
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(refusal({ fileName: "../../evil.whl" })).toBe("../../evil.whl is refused: its name is none for a file");
  expect(refusal({ fileName: "" })).toBe(" is refused: its name is none for a file");
  expect(refusal({ fileName: ".." })).toBe(".. is refused: its name is none for a file");
  expect(refusal({ sha256: "../.." })).toBe(`${file.fileName} is refused: its hash is "../.."`);
});
