import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Cache, openCache } from "../../../src/pyodide-manager/cache/cache.ts";
import { fetchPackages } from "../../../src/pyodide-manager/download/download.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { scratchDirectory } from "../../support/woma.ts";
import { downloading, wholeOf } from "../support/downloads.ts";
import { type Offered, offeredBytes, offeredWheel } from "../support/package-files.ts";
import { served, startRawServer } from "../support/raw-server.ts";
import { zipBytes } from "../support/zip-bytes.ts";

/** All of the same size. */
const OFFERS = ["alpha", "beta", "gamma"].map((name, index) =>
  offeredBytes(name, zipBytes([{ name: "data", data: String(index).repeat(100_000) }])),
);
const [ALPHA, BETA, GAMMA] = OFFERS as [Offered, Offered, Offered];
const WHEEL_BYTES = ALPHA.bytes.length;
const HASH = "0123456789abcdef".repeat(4);
const NOT_ABANDONED = new AbortController().signal;

/** A cache with three wheels, used one hour after another: alpha first. */
function filled(directory: string): Cache {
  const cache = openCache(directory);
  for (const { file, bytes } of OFFERS) {
    mkdirSync(dirname(cache.wheelPath(file)), { recursive: true });
    writeFileSync(cache.wheelPath(file), bytes);
  }
  OFFERS.forEach(({ file }, index) => {
    used(cache, file.sha256, 3 - index);
  });
  return cache;
}

function used(cache: Cache, sha256: string, hoursAgo: number): void {
  const time = new Date(Date.now() - hoursAgo * 3_600_000);
  utimesSync(join(cache.directory, "wheels-v1", sha256), time, time);
}

const names = (cache: Cache) => cache.list().map(({ fileName }) => fileName.split("-")[0]);

/** A process that has a wheel mounted until it is told to end. */
async function mountedElsewhere(cache: Cache, { file }: Offered): Promise<AsyncDisposable> {
  const module = JSON.stringify(join(import.meta.dir, "../../../src/pyodide-manager/cache/cache.ts"));
  const code = `
    import { openCache } from ${module};
    const wheel = openCache(${JSON.stringify(cache.directory)}).find(${JSON.stringify(file)});
    console.log(wheel.sizeBytes);
    for await (const _ of Bun.stdin.stream()) {}
    wheel.close();
  `;
  const child = Bun.spawn([process.execPath, "-e", code], { stdin: "pipe", stdout: "pipe" });
  await child.stdout.getReader().read();
  return {
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await child.exited;
    },
  };
}

describe("what is in the cache", () => {
  test("is listed by name, with when it was last used, and measured", async () => {
    await using scratch = await scratchDirectory();
    const cache = filled(scratch.path);
    writeFileSync(join(scratch.path, "something of the user's"), "x".repeat(1000));
    expect(cache.list().map(({ sha256, fileName, bytes }) => ({ sha256, fileName, bytes }))).toEqual(
      OFFERS.map(({ file, bytes }) => ({ sha256: file.sha256, fileName: file.fileName, bytes: bytes.length })),
    );
    const hours = cache.list().map(({ lastUsed }) => Math.round((Date.now() - lastUsed.getTime()) / 3_600_000));
    expect(hours).toEqual([3, 2, 1]);
    cache.find(BETA.file)?.close();
    expect(cache.list()[1]?.lastUsed.getTime()).toBeGreaterThan(Date.now() - 10_000);
    expect(cache.size()).toBe(OFFERS.reduce((sum, { bytes }) => sum + bytes.length, 0));
  });

  test("is compared with its hashes, and what is damaged removed", async () => {
    await using scratch = await scratchDirectory();
    const cache = filled(scratch.path);
    expect(await cache.verify(NOT_ABANDONED)).toEqual({ files: 3, bytes: cache.size(), damaged: [] });
    const damaged = Buffer.from(BETA.bytes).fill(0x21, 500, 501);
    writeFileSync(cache.wheelPath(BETA.file), damaged);
    rmSync(cache.wheelPath(GAMMA.file));
    mkdirSync(cache.wheelPath(GAMMA.file));
    expect(await cache.verify(NOT_ABANDONED)).toEqual({
      files: 3,
      bytes: ALPHA.bytes.length + BETA.bytes.length,
      damaged: [
        { path: cache.wheelPath(BETA.file), reason: "its sha256 is another", removed: true },
        { path: cache.wheelPath(GAMMA.file), reason: "it is no file", removed: true },
      ],
    });
    expect([names(cache), readdirSync(join(scratch.path, "removed-v1"))]).toEqual([["alpha"], []]);
  });

  test("is removed on demand, but for what is not woma's", async () => {
    await using scratch = await scratchDirectory();
    const cache = filled(scratch.path);
    const before = cache.size();
    for (const [part, name] of [
      ["snapshots", "0123"],
      ["bytecode-v1/0123", `${ALPHA.file.sha256}.zip`],
      ["partial-v1", `${GAMMA.file.sha256}.part`],
      ["unreachable-v1", HASH],
      ["index-v1", HASH],
      ["resolutions-v1", `${HASH}.json.123.${crypto.randomUUID()}`],
      ["removed-v1", `123-${crypto.randomUUID()}`],
    ] as const) {
      mkdirSync(join(scratch.path, part), { recursive: true });
      writeFileSync(join(scratch.path, part, name), "x".repeat(100));
    }
    writeFileSync(join(scratch.path, "the user's"), "kept");
    for (const part of ["snapshots", "wheels-v1", "index-v1", "bytecode-v1/0123", "removed-v1"]) {
      writeFileSync(join(scratch.path, part, "a thesis.txt"), "kept");
    }
    expect(cache.size()).toBe(before + 720);
    expect(cache.clean()).toEqual({ removedBytes: before + 700, leftBytes: 20 });
    expect(
      readdirSync(scratch.path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["CACHEDIR.TAG", ...Array(5).fill("a thesis.txt"), "the user's"]);
  });
});

describe("a wheel that another process has mounted", () => {
  testUnless(notOnLinux, "is not removed, and can be once that is over", async () => {
    await using scratch = await scratchDirectory();
    const cache = filled(scratch.path);
    {
      await using _mounted = await mountedElsewhere(cache, ALPHA);
      expect(cache.clean()).toEqual({ removedBytes: 2 * WHEEL_BYTES, leftBytes: WHEEL_BYTES });
      expect(names(cache)).toEqual(["alpha"]);
      expect(cache.evict(0)).toEqual({ removedBytes: 0, leftBytes: WHEEL_BYTES });
    }
    expect(cache.evict(0)).toEqual({ removedBytes: WHEEL_BYTES, leftBytes: 0 });
  });

  testUnless(notOnLinux, "and that this one has open too, stays readable whatever becomes of its name", async () => {
    await using scratch = await scratchDirectory();
    const cache = filled(scratch.path);
    const wheel = cache.find(ALPHA.file);
    renameSync(dirname(cache.wheelPath(ALPHA.file)), join(scratch.path, "away"));
    rmSync(join(scratch.path, "away"), { recursive: true });
    expect(wheel === null ? null : wholeOf(wheel)).toEqual(ALPHA.bytes);
  });
});

describe("a limit to the cache", () => {
  test("lets go of what was used least recently, and of no more than it has to", async () => {
    await using scratch = await scratchDirectory();
    const cache = filled(scratch.path);
    used(cache, ALPHA.file.sha256, 0);
    expect(cache.evict(3 * WHEEL_BYTES)).toEqual({ removedBytes: 0, leftBytes: 3 * WHEEL_BYTES });
    expect(cache.evict(2 * WHEEL_BYTES)).toEqual({ removedBytes: WHEEL_BYTES, leftBytes: 2 * WHEEL_BYTES });
    expect(names(cache)).toEqual(["alpha", "gamma"]);
    expect(cache.evict(WHEEL_BYTES + 1)).toEqual({ removedBytes: WHEEL_BYTES, leftBytes: WHEEL_BYTES });
    expect(names(cache)).toEqual(["alpha"]);
  });

  test("counts compiled code, which is as old as its wheel's last use, and leaves snapshots alone", async () => {
    await using scratch = await scratchDirectory();
    const cache = filled(scratch.path);
    writeFileSync(cache.snapshotPath("0123"), "x".repeat(1_000_000));
    const longAgo = new Date(Date.now() - 100 * 3_600_000);
    for (const sha256 of [GAMMA.file.sha256, "0".repeat(64)]) {
      mkdirSync(dirname(cache.bytecodePath("0123", sha256)), { recursive: true });
      writeFileSync(cache.bytecodePath("0123", sha256), "x".repeat(100));
      utimesSync(cache.bytecodePath("0123", sha256), longAgo, longAgo);
    }
    expect(cache.evict(3 * WHEEL_BYTES + 199)).toEqual({ removedBytes: 100, leftBytes: 3 * WHEEL_BYTES + 100 });
    expect(cache.evict(WHEEL_BYTES + 100)).toEqual({ removedBytes: 2 * WHEEL_BYTES, leftBytes: WHEEL_BYTES + 100 });
    expect(names(cache)).toEqual(["gamma"]);
    expect([existsSync(cache.bytecodePath("0123", GAMMA.file.sha256)), existsSync(cache.snapshotPath("0123"))]).toEqual(
      [true, true],
    );
  });

  testUnless(notOnLinux, "holds after a download, which keeps what it has fetched itself", async () => {
    await using scratch = await scratchDirectory();
    const cache = filled(scratch.path);
    const { file, bytes } = offeredWheel("delta", 100_000);
    await using server = await startRawServer((request) => served(bytes, request));
    const settings = { cacheLimitBytes: 100 };
    const wheels = await fetchPackages([file], downloading(scratch.path, [server.url], { settings }));
    expect(names(cache)).toEqual(["delta"]);
    expect(wheels.map(wholeOf)).toEqual([bytes]);
  });

  test("holds beside processes that download, and nothing comes to harm", async () => {
    await using scratch = await scratchDirectory();
    const offers = Array.from({ length: 12 }, (_, index) => offeredWheel(`many${index}`, 50_000));
    await using server = await startRawServer((request) => {
      const offer = offers.find(({ file }) => request.path === `/${file.fileName}`);
      return offer === undefined ? { status: 404 } : served(offer.bytes, request);
    });
    const limited = { settings: { cacheLimitBytes: 200_000 } };
    const rounds = Array.from({ length: 6 }, async () => {
      const wheels = await fetchPackages(
        offers.map(({ file }) => file),
        downloading(scratch.path, [server.url], limited),
      );
      expect(wheels.map(wholeOf)).toEqual(offers.map(({ bytes }) => bytes));
    });
    const cleaning = setInterval(() => openCache(scratch.path).clean(), 5);
    await Promise.all(rounds);
    clearInterval(cleaning);
  });
});
