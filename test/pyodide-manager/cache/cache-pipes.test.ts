import { describe, expect } from "bun:test";
import { linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BytecodeStore } from "../../../src/pyodide-manager/cache/bytecode-store.ts";
import { openCache } from "../../../src/pyodide-manager/cache/cache.ts";
import { readRegularFile } from "../../../src/pyodide-manager/cache/regular-file.ts";
import { fetchPackage } from "../../../src/pyodide-manager/download/download.ts";
import { UnreachableServers } from "../../../src/pyodide-manager/download/unreachable.ts";
import { PageCache } from "../../../src/pyodide-manager/index/page-cache.ts";
import { PYODIDE_VERSION } from "../../../src/pyodide-manager/pin.ts";
import { RememberedSwaps } from "../../../src/pyodide-manager/resolve/remembered-swaps.ts";
import { ResolutionCache } from "../../../src/pyodide-manager/resolve/resolution-cache.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { scratchDirectory } from "../../support/woma.ts";
import { downloading, wholeOf } from "../support/downloads.ts";
import { offeredWheel } from "../support/package-files.ts";
import { served, startRawServer } from "../support/raw-server.ts";

const { file, bytes } = offeredWheel("piped", 20_000);
const HASH = "0123456789abcdef".repeat(4);

function makePipe(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  expect(Bun.spawnSync(["mkfifo", path]).success).toBe(true);
}

/** What may lie where a download is to go. */
const IN_THE_WAY: readonly [string, (path: string, elsewhere: string) => void][] = [
  ["a pipe", makePipe],
  ["another name of a file elsewhere", (path, elsewhere) => linkSync(elsewhere, path)],
  ["a file larger than any download", (path) => [writeFileSync(path, ""), truncateSync(path, 1e12)]],
];

describe("in the place of a download on its way,", () => {
  for (const [what, make] of IN_THE_WAY) {
    testUnless(notOnLinux, `${what} is taken away, and nothing waits for it`, async () => {
      await using scratch = await scratchDirectory();
      await using server = await startRawServer((request) => served(bytes, request));
      const directory = join(scratch.path, "cache");
      const elsewhere = join(scratch.path, "elsewhere");
      writeFileSync(elsewhere, "precious");
      mkdirSync(join(directory, "partial-v1"), { recursive: true });
      make(join(directory, "partial-v1", `${file.sha256}.part`), elsewhere);
      const context = downloading(directory, [server.url]);
      expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
      expect([context.notes, readFileSync(elsewhere, "utf8")]).toEqual([[], "precious"]);
      expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
      expect(server.requests.length).toBe(1);
    });
  }

  testUnless(notOnLinux, "a link is left alone, and what comes is not kept", async () => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer((request) => served(bytes, request));
    const directory = join(scratch.path, "cache");
    mkdirSync(join(directory, "partial-v1"), { recursive: true });
    symlinkSync(join(scratch.path, "elsewhere"), join(directory, "partial-v1", `${file.sha256}.part`));
    const context = downloading(directory, [server.url]);
    expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
    expect(context.notes).toEqual([`the cache ${directory} keeps nothing of what is fetched: a link is in its place`]);
  });
});

describe("compiled code", () => {
  const store = (directory: string) => {
    const cache = openCache(directory);
    return { bytecode: new BytecodeStore(() => cache), path: cache.bytecodePath(PYODIDE_VERSION, HASH) };
  };

  testUnless(notOnLinux, "in whose place a pipe lies is none, and is replaced", async () => {
    await using scratch = await scratchDirectory();
    const { bytecode, path } = store(scratch.path);
    makePipe(path);
    expect(bytecode.open(HASH)).toBeNull();
    makePipe(`${path}.${process.pid}`);
    bytecode.save(HASH, new Map([["a.py", Buffer.from("code")]]));
    expect(bytecode.open(HASH)?.entries.map(({ name }) => name)).toEqual(["a.py"]);
  });

  testUnless(notOnLinux, "that the disk has changed is none, and is replaced", async () => {
    await using scratch = await scratchDirectory();
    const { bytecode, path } = store(scratch.path);
    bytecode.save(HASH, new Map([["a.py", Buffer.from("the code that was compiled")]]));
    expect(bytecode.open(HASH)).not.toBeNull();
    writeFileSync(path, readFileSync(path, "latin1").replace("the code", "THE code"), "latin1");
    expect(bytecode.open(HASH)).toBeNull();
    bytecode.save(HASH, new Map([["b.py", Buffer.from("more")]]));
    expect(bytecode.open(HASH)?.entries.map(({ name }) => name)).toEqual(["b.py"]);
  });
});

testUnless(
  notOnLinux,
  "a pipe in the place of a server that cannot be reached is no reason to leave it out",
  async () => {
    await using scratch = await scratchDirectory();
    const cache = openCache(scratch.path);
    const origin = "http://127.0.0.1:1";
    makePipe(join(scratch.path, "unreachable-v1", new Bun.CryptoHasher("sha256").update(origin).digest("hex")));
    expect(new UnreachableServers(cache, 60_000).has(origin)).toBe(false);
    new UnreachableServers(cache, 60_000).add(origin);
    expect(new UnreachableServers(cache, 60_000).has(origin)).toBe(true);
  },
);

testUnless(notOnLinux, "pipes everywhere keep nobody from looking after the cache", async () => {
  await using scratch = await scratchDirectory();
  const cache = openCache(scratch.path);
  for (const name of [
    cache.wheelPath(file),
    cache.bytecodePath(PYODIDE_VERSION, HASH),
    ...["partial-v1", "index-v1", "snapshots"].map((part) => join(scratch.path, part, `${HASH}.part`)),
  ]) {
    makePipe(name);
  }
  expect([cache.find(file), cache.list(), cache.size()]).toEqual([null, [], 0]);
  makePipe(cache.wheelPath(file));
  expect((await cache.verify(new AbortController().signal)).damaged).toEqual([
    { path: cache.wheelPath(file), reason: "it is no file", removed: true },
  ]);
  expect([cache.evict(0), cache.clean()]).toEqual(Array(2).fill({ removedBytes: 0, leftBytes: 0 }));
});

testUnless(notOnLinux, "pipes in the place of an index's pages and of what was resolved are none", async () => {
  await using scratch = await scratchDirectory();
  const cache = openCache(scratch.path);
  const hash = (text: string) => new Bun.CryptoHasher("sha256").update(text).digest("hex");
  makePipe(join(scratch.path, "index-v1", hash("address")));
  makePipe(join(scratch.path, "resolutions-v1", `${hash("question")}.json`));
  makePipe(join(scratch.path, "resolutions-v1", "instead-of-lock.json"));
  const swaps = new RememberedSwaps(cache);
  expect([new PageCache(cache).find("address"), new ResolutionCache(cache, false).find("question")]).toEqual([
    null,
    null,
  ]);
  expect(swaps.names()).toEqual(new Set());
  swaps.add(new Set(["six"]));
  expect(swaps.names()).toEqual(new Set(["six"]));
});

describe("a file is read only when it", () => {
  const refusal = (path: string, followsLinks = false) => {
    try {
      return readRegularFile(path, 10, { followsLinks }).toString();
    } catch (error) {
      return (error as Error).message.replace(/, open .*/, "");
    }
  };

  testUnless(notOnLinux, "is one, is not too large, and is no link unless links are fine", async () => {
    await using scratch = await scratchDirectory();
    const at = (name: string) => join(scratch.path, name);
    makePipe(at("pipe"));
    writeFileSync(at("small"), "0123456789");
    writeFileSync(at("large"), "0123456789a");
    symlinkSync("small", at("link"));
    symlinkSync("/dev/zero", at("device"));
    expect(["small", "large", "pipe", "link", "."].map((name) => refusal(at(name)))).toEqual([
      "0123456789",
      "it has 11 bytes, over 10",
      "it is no file",
      expect.stringContaining("ELOOP"),
      "it is no file",
    ]);
    expect(["link", "device"].map((name) => refusal(at(name), true))).toEqual(["0123456789", "it is no file"]);
    rmSync(at("small"));
  });
});
