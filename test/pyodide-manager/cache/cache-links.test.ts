import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { BytecodeStore } from "../../../src/pyodide-manager/cache/bytecode-store.ts";
import { type Cache, openCache } from "../../../src/pyodide-manager/cache/cache.ts";
import { PARTS, type Part } from "../../../src/pyodide-manager/cache/cache-contents.ts";
import { fetchPackage } from "../../../src/pyodide-manager/download/download.ts";
import { UnreachableServers } from "../../../src/pyodide-manager/download/unreachable.ts";
import { notRoot, testUnless } from "../../support/loud-skip.ts";
import { scratchDirectory } from "../../support/woma.ts";
import { downloading, wholeOf } from "../support/downloads.ts";
import { offeredWheel } from "../support/package-files.ts";
import { served, startRawServer } from "../support/raw-server.ts";

const { file, bytes } = offeredWheel("linked", 20_000);
const NOBODY = 65534;
const HASH = "0123456789abcdef".repeat(4);
const NOT_ABANDONED = new AbortController().signal;

/** A directory of the user's whose files have all the names that a cache gives. */
function precious(directory: string): string {
  const inner = join(directory, "precious");
  mkdirSync(join(inner, HASH), { recursive: true });
  mkdirSync(join(inner, file.sha256), { recursive: true });
  const names = ["thesis.txt", "0123", `${HASH}.zip`, `${HASH}.part`, `${HASH}.json`, `1-${crypto.randomUUID()}`];
  for (const name of [...names, `${HASH}/a.whl`, `${file.sha256}/${file.fileName}`]) {
    writeFileSync(join(inner, name), "precious");
  }
  return inner;
}

/** All of it, by name. */
function contents(directory: string): Record<string, string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), "utf8")]),
  );
}

/** A cache with one of its parts a link to elsewhere. */
function linkedCache(directory: string, part: Part, target: string): Cache {
  openCache(directory);
  rmSync(join(directory, part), { recursive: true, force: true });
  symlinkSync(target, join(directory, part));
  return openCache(directory);
}

describe("a link in the place of a part of the cache", () => {
  test.each(PARTS.map((part) => [part]))("is not followed by what removes and verifies: %s", async (part) => {
    await using scratch = await scratchDirectory();
    const target = precious(scratch.path);
    const before = contents(target);
    const cache = linkedCache(join(scratch.path, "cache"), part, target);
    expect(cache.evict(0)).toEqual({ removedBytes: 0, leftBytes: expect.any(Number) });
    expect((await cache.verify(NOT_ABANDONED)).damaged).toEqual([
      { path: join(cache.directory, part), reason: "it is a link", removed: false },
    ]);
    expect([cache.list(), lstatSync(join(cache.directory, part)).isSymbolicLink()]).toEqual([[], true]);
    cache.clean();
    expect([lstatSync(join(cache.directory, part), { throwIfNoEntry: false })?.isSymbolicLink()]).not.toEqual([true]);
    expect(contents(target)).toEqual(before);
  });

  test.each(PARTS.map((part) => [part]))("gets nothing of what is downloaded, and is told of: %s", async (part) => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer((request) => served(bytes, request));
    const target = precious(scratch.path);
    const before = contents(target);
    const cache = linkedCache(join(scratch.path, "cache"), part, target);
    const context = downloading(cache.directory, [server.url]);
    for (let round = 0; round < 2; round++) expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
    expect(context.notes).toEqual([`the cache ${cache.directory} is used in parts only: its ${part} is a link`]);
    new UnreachableServers(cache, 60_000).add("http://127.0.0.1:1");
    new BytecodeStore(() => cache).save(file.sha256, new Map([["a.py", Buffer.from("code")]]));
    expect(contents(target)).toEqual(before);
  });

  test("is not followed one level further down either", async () => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer((request) => served(bytes, request));
    const target = precious(scratch.path);
    const before = contents(target);
    const cache = openCache(join(scratch.path, "cache"));
    symlinkSync(target, join(cache.directory, "wheels-v1", file.sha256));
    mkdirSync(join(cache.directory, "bytecode-v1"));
    symlinkSync(target, dirname(cache.bytecodePath("314.0.3", HASH)));
    const context = downloading(cache.directory, [server.url]);
    expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
    expect(context.notes).toEqual([
      `the cache ${cache.directory} keeps nothing of what is fetched: its wheels-v1/${file.sha256} is a link`,
    ]);
    new BytecodeStore(() => cache).save(HASH, new Map([["a.py", Buffer.from("code")]]));
    cache.clean();
    expect(existsSync(join(cache.directory, "wheels-v1", file.sha256))).toBe(false);
    expect(contents(target)).toEqual(before);
  });

  testUnless(notRoot, "of another user's, in that user's cache, leads root nowhere", async () => {
    await using scratch = await scratchDirectory();
    chmodSync(scratch.path, 0o755);
    const target = precious(scratch.path);
    const before = contents(target);
    const directory = join(scratch.path, "cache");
    mkdirSync(directory);
    chownSync(directory, NOBODY, NOBODY);
    const planting = PARTS.map((part) => `ln -s ${target} ${directory}/${part}`).join(" && ");
    const planted = Bun.spawnSync([
      ...["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"],
      ...["sh", "-c", planting],
    ]);
    expect(planted.success).toBe(true);
    const cache = openCache(directory);
    cache.evict(0);
    expect(cache.clean().leftBytes).toBe(0);
    expect(contents(target)).toEqual(before);
    expect(readdirSync(directory)).toEqual(["CACHEDIR.TAG"]);
  });
});

testUnless(notRoot, "a part that belongs to another user is written to in a shared cache only", async () => {
  await using scratch = await scratchDirectory();
  await using server = await startRawServer((request) => served(bytes, request));
  openCache(scratch.path);
  chownSync(join(scratch.path, "wheels-v1"), NOBODY, NOBODY);
  const context = downloading(scratch.path, [server.url]);
  expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
  expect(context.notes).toEqual([`the cache ${scratch.path} is used in parts only: its wheels-v1 is another user's`]);
  expect(readdirSync(join(scratch.path, "wheels-v1"))).toEqual([]);
  chmodSync(scratch.path, 0o775);
  const shared = downloading(scratch.path, [server.url]);
  expect(wholeOf(await fetchPackage(file, shared))).toEqual(bytes);
  expect([shared.notes, readdirSync(join(scratch.path, "wheels-v1"))]).toEqual([[], [file.sha256]]);
});
