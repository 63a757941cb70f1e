import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openCache } from "../../../src/pyodide-manager/cache/cache.ts";
import { fetchPackage } from "../../../src/pyodide-manager/download/download.ts";
import { eventually } from "../../support/processes.ts";
import { scratchDirectory } from "../../support/woma.ts";
import { downloading, wholeOf } from "../support/downloads.ts";
import { startFetching } from "../support/fetching-process.ts";
import { offeredWheel } from "../support/package-files.ts";
import { type RawRequest, served, startRawServer } from "../support/raw-server.ts";

const { file, bytes } = offeredWheel("killed", 4_000_000);

/** In pieces, so that a process can be killed between two. */
function slowly(request: RawRequest, pauseMs: number) {
  const part = bytes.subarray(request.start);
  const pieces = Array.from({ length: Math.ceil(part.length / 200_000) }, (_, index) =>
    part.subarray(index * 200_000, (index + 1) * 200_000),
  );
  return { ...served(bytes, request), body: pieces, pauseMs };
}

const partSize = (directory: string) =>
  statSync(join(directory, "partial-v1", `${file.sha256}.part`), { throwIfNoEntry: false })?.size ?? 0;

describe("a process that is killed in the middle of a download", () => {
  test("leaves what has come to the next, which fetches the rest only", async () => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer((request) =>
      request.index === 0
        ? { ...served(bytes, request), body: [bytes.subarray(0, 2_500_000)], ending: "stall" }
        : served(bytes, request),
    );
    const child = startFetching(scratch.path, file, server.url);
    await eventually("half of it is on the disk", () => partSize(scratch.path) >= 2_000_000);
    await child.kill();
    const kept = partSize(scratch.path);
    expect(openCache(scratch.path).find(file)).toBeNull();
    expect(wholeOf(await fetchPackage(file, downloading(scratch.path, [server.url])))).toEqual(bytes);
    expect(server.requests.map(({ start }) => start)).toEqual([0, kept]);
  });

  test("at any moment, again and again, leaves nothing that is taken for whole", async () => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer((request) => slowly(request, 20));
    for (let round = 0; round < 6; round++) {
      const child = startFetching(scratch.path, file, server.url);
      await Bun.sleep(80 + 45 * round);
      await child.kill();
      const found = openCache(scratch.path).find(file);
      if (found !== null) expect(wholeOf(found)).toEqual(bytes);
    }
    expect(wholeOf(await fetchPackage(file, downloading(scratch.path, [server.url])))).toEqual(bytes);
    expect(readdirSync(join(scratch.path, "partial-v1"))).toEqual([]);
  });

  test("leaves it to a process that waits for it", async () => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer((request) => slowly(request, request.index === 0 ? 100 : 0));
    const first = startFetching(scratch.path, file, server.url);
    await eventually("it has begun", () => partSize(scratch.path) > 0);
    const others = [1, 2].map(() => startFetching(scratch.path, file, server.url));
    await Bun.sleep(300);
    expect(server.requests.length).toBe(1);
    await first.kill();
    expect(await Promise.all(others.map((each) => each.outcome()))).toEqual([file.sha256, file.sha256]);
    expect(server.requests.length).toBe(2);
    expect(server.requests[1]?.start).toBeGreaterThan(0);
  });
});

test("what a power cut has left of a download, full of zeros, is fetched again", async () => {
  await using scratch = await scratchDirectory();
  await using server = await startRawServer((request) => served(bytes, request));
  const context = downloading(scratch.path, [server.url]);
  openCache(scratch.path);
  await Bun.write(join(scratch.path, "partial-v1", `${file.sha256}.part`), new Uint8Array(1_000_000));
  expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
  expect(server.requests.map(({ start }) => start)).toEqual([1_000_000, 0]);
});

test("a download that was whole when its process was killed is not asked for again", async () => {
  await using scratch = await scratchDirectory();
  await using server = await startRawServer(() => ({ status: 500 }));
  await Bun.write(join(scratch.path, "partial-v1", `${file.sha256}.part`), bytes);
  expect(wholeOf(await fetchPackage(file, downloading(scratch.path, [server.url])))).toEqual(bytes);
  expect(server.requests).toEqual([]);
});

test("ten processes that want the same on an empty cache fetch it once", async () => {
  await using scratch = await scratchDirectory();
  await using server = await startRawServer((request) => slowly(request, 10));
  const children = Array.from({ length: 10 }, () => startFetching(join(scratch.path, "cache"), file, server.url));
  expect(await Promise.all(children.map((child) => child.outcome()))).toEqual(Array(10).fill(file.sha256));
  expect([server.requests.length, server.sentBytes]).toEqual([1, bytes.length]);
});

test("a process that is stopped, and has its download locked, is not waited for any longer than for a server", async () => {
  await using scratch = await scratchDirectory();
  await using server = await startRawServer((request) =>
    request.index === 0
      ? { ...served(bytes, request), body: [bytes.subarray(0, 2_000_000)], ending: "stall" }
      : served(bytes, request),
  );
  const stopped = startFetching(scratch.path, file, server.url);
  await eventually("it has begun", () => partSize(scratch.path) > 0);
  process.kill(stopped.pid, "SIGSTOP");
  const context = downloading(scratch.path, [server.url]);
  expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
  expect(context.notes).toEqual([]);
  await stopped.kill();
});

test("a cache whose parts are in the way is done without, and that is said once", async () => {
  await using scratch = await scratchDirectory();
  await using server = await startRawServer((request) => served(bytes, request));
  const context = downloading(scratch.path, [server.url]);
  writeFileSync(join(scratch.path, "partial-v1"), "the user's");
  const { file: other } = offeredWheel("other");
  await fetchPackage({ ...other, ...file }, context);
  expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
  expect(context.notes).toEqual([`the cache ${scratch.path} is used in parts only: its partial-v1 is no directory`]);
  expect(existsSync(join(scratch.path, "wheels-v1", file.sha256))).toBe(false);
});
