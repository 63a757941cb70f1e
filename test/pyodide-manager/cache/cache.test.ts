import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatError } from "../../../src/errors.ts";
import { openCache } from "../../../src/pyodide-manager/cache/cache.ts";
import { CacheError } from "../../../src/pyodide-manager/cache/cache-error.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { asNobody, cannotMount, mountSmall } from "../../support/privileges.ts";
import { scratchDirectory } from "../../support/woma.ts";

const HINT =
  "hint: name another directory with --pyodide-cache or WOMA_CACHE; without one, woma keeps nothing between runs";

/** What the user reads when this directory cannot be the cache; undefined when it can. */
function complaintAbout(directory: string): string | undefined {
  try {
    openCache(directory);
    return undefined;
  } catch (error) {
    if (!(error instanceof CacheError)) throw error;
    expect(error.exitStatus).toBe(1);
    return formatError(error);
  }
}

describe("the cache", () => {
  test("is made where there is none, with all directories above it", async () => {
    await using scratch = await scratchDirectory();
    const directory = join(scratch.path, "a/b/cache");
    const cache = openCache(directory);
    expect(cache.directory).toBe(directory);
    expect(cache.snapshotPath("0123")).toBe(join(directory, "snapshots/0123"));
    expect(readdirSync(directory).sort()).toEqual(["CACHEDIR.TAG", "snapshots", "wheels-v1"]);
    expect(statSync(join(directory, "snapshots")).isDirectory()).toBe(true);
  });

  test("tells backup programs what it is, in the words of the standard", async () => {
    await using scratch = await scratchDirectory();
    openCache(scratch.path);
    expect(readFileSync(join(scratch.path, "CACHEDIR.TAG"), "utf8")).toBe(
      "Signature: 8a477f597d28d172789f06886806bc55\n# This directory holds woma's cache; it can be deleted at any time.\n",
    );
  });

  test("is used again as it is", async () => {
    await using scratch = await scratchDirectory();
    writeFileSync(openCache(scratch.path).snapshotPath("kept"), "snapshot");
    writeFileSync(join(scratch.path, "CACHEDIR.TAG"), "the user's own");
    writeFileSync(join(scratch.path, "something else"), "");
    const cache = openCache(scratch.path);
    expect(readFileSync(cache.snapshotPath("kept"), "utf8")).toBe("snapshot");
    expect(readFileSync(join(scratch.path, "CACHEDIR.TAG"), "utf8")).toBe("the user's own");
    expect(readdirSync(scratch.path).sort()).toEqual(["CACHEDIR.TAG", "snapshots", "something else", "wheels-v1"]);
  });

  test("is made once by many processes at a time", async () => {
    await using scratch = await scratchDirectory();
    const directory = join(scratch.path, "cache");
    const module = JSON.stringify(join(import.meta.dir, "../../../src/pyodide-manager/cache/cache.ts"));
    const code = `import { openCache } from ${module}; openCache(${JSON.stringify(directory)});`;
    const children = Array.from({ length: 8 }, () => Bun.spawn([process.execPath, "-e", code], { stderr: "pipe" }));
    const errors = await Promise.all(children.map((child) => new Response(child.stderr).text()));
    expect(errors).toEqual(Array(8).fill(""));
    expect(readdirSync(directory).sort()).toEqual(["CACHEDIR.TAG", "snapshots", "wheels-v1"]);
  });
});

describe("a cache that cannot be used is an error that says why and what to do:", () => {
  test.each([
    ["a file is in its place", "cache", "cache"],
    ["a file is above it", "file", "file/below/cache"],
    ["a file is where its snapshots belong", "cache/snapshots", "cache"],
  ])("%s", async (_, file, directory) => {
    await using scratch = await scratchDirectory();
    mkdirSync(join(scratch.path, file, ".."), { recursive: true });
    writeFileSync(join(scratch.path, file), "the user's");
    const path = join(scratch.path, directory);
    expect(complaintAbout(path)).toBe(`error: cannot use the cache ${path}: a part of the path is a file\n\n${HINT}\n`);
    expect(readFileSync(join(scratch.path, file), "utf8")).toBe("the user's");
  });

  testUnless(notOnLinux, "it cannot be made there", async () => {
    const complaint = complaintAbout("/proc/cache");
    expect(complaint).toBe(`error: cannot use the cache /proc/cache: it cannot be made there\n\n${HINT}\n`);
  });

  testUnless(notOnLinux, "it may not be written", async () => {
    await using scratch = await scratchDirectory();
    mkdirSync(join(scratch.path, "snapshots"));
    chmodSync(join(scratch.path, "snapshots"), 0o555);
    chmodSync(scratch.path, 0o555);
    const complaint = asNobody(() => complaintAbout(scratch.path));
    chmodSync(scratch.path, 0o755);
    expect(complaint).toBe(`error: cannot use the cache ${scratch.path}: permission denied\n\n${HINT}\n`);
    expect(existsSync(join(scratch.path, "CACHEDIR.TAG"))).toBe(false);
  });

  testUnless(cannotMount, "its file system is read-only, and there is nothing in it", async () => {
    await using scratch = await scratchDirectory();
    using _mounted = mountSmall(scratch.path, "size=64k,ro");
    const path = join(scratch.path, "cache");
    expect(complaintAbout(path)).toBe(`error: cannot use the cache ${path}: the file system is read-only\n\n${HINT}\n`);
  });

  testUnless(cannotMount, "its disk is full", async () => {
    await using scratch = await scratchDirectory();
    using _mounted = mountSmall(scratch.path, "size=16k,nr_inodes=2");
    const path = join(scratch.path, "cache");
    expect(complaintAbout(path)).toBe(`error: cannot use the cache ${path}: no space left on the disk\n\n${HINT}\n`);
  });
});
