import { describe, expect, test } from "bun:test";
import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { fetchPackage } from "../../../src/pyodide-manager/download/download.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { scratchDirectory } from "../../support/woma.ts";
import { deafPort, freePort } from "../support/dead-ports.ts";
import { downloading, wholeOf } from "../support/downloads.ts";
import { offeredWheel, onIndex } from "../support/package-files.ts";
import { served, startRawServer } from "../support/raw-server.ts";

const { file, bytes } = offeredWheel("reached", 10_000);

describe("a server that cannot be reached is left out with a note, and the next one asked:", () => {
  test("one that refuses", async () => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer((request) => served(bytes, request));
    const dead = `http://127.0.0.1:${await freePort()}`;
    const context = downloading(scratch.path, [`${dead}/`, server.url]);
    expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
    expect(context.notes).toEqual([`${dead} cannot be reached (connection refused): it is left out for a minute`]);
  });

  test("one without a name that anyone knows", async () => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer((request) => served(bytes, request));
    const context = downloading(scratch.path, ["http://woma.invalid/", server.url]);
    expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
    expect(context.notes).toEqual([
      "http://woma.invalid cannot be reached (no such host): it is left out for a minute",
    ]);
  });

  testUnless(notOnLinux, "one that does not answer at all, after the time to connect", async () => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer((request) => served(bytes, request));
    using deaf = deafPort();
    const context = downloading(scratch.path, [`http://127.0.0.1:${deaf.port}/`, server.url]);
    const started = performance.now();
    expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
    expect(performance.now() - started).toBeGreaterThan(290);
    expect(context.notes).toEqual([
      `http://127.0.0.1:${deaf.port} cannot be reached (no connection within 0.3 s): it is left out for a minute`,
    ]);
  });
});

describe("what could not be reached a moment ago", () => {
  test("is not tried again by any process on the cache, until the minute is over", async () => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer((request) => served(bytes, request));
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const asked = onIndex({ file, bytes }, { url: `${origin}/` }).file;
    const reasonOf = async () => {
      const error = await fetchPackage(asked, downloading(scratch.path, [])).catch((reason) => reason);
      return error.failures[0].reports[0].reason;
    };
    expect([await reasonOf(), await reasonOf()]).toEqual(["connection refused", "could not be reached a moment ago"]);
    const [marker] = readdirSync(join(scratch.path, "unreachable-v1"));
    expect(marker).toBe(new Bun.CryptoHasher("sha256").update(origin).digest("hex"));
    const path = join(scratch.path, "unreachable-v1", marker ?? "");
    const aMinuteAgo = new Date(Date.now() - 60_500);
    utimesSync(path, aMinuteAgo, aMinuteAgo);
    expect(await reasonOf()).toBe("connection refused");
    // A clock that was put back makes nothing unreachable for longer.
    const later = new Date(Date.now() + 3_600_000);
    utimesSync(path, later, later);
    expect(await reasonOf()).toBe("connection refused");
    expect(server.requests).toEqual([]);
  });

  test("is told once a run, however many packages are asked for", async () => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer((request) => served(bytes, request));
    const dead = `http://127.0.0.1:${await freePort()}`;
    const first = downloading(scratch.path, [`${dead}/`, server.url]);
    wholeOf(await fetchPackage(file, first));
    const context = downloading(scratch.path, [`${dead}/`, server.url]);
    context.cache?.clean();
    wholeOf(await fetchPackage(file, first));
    context.cache?.evict(0);
    wholeOf(await fetchPackage(file, context));
    expect([first.notes.length, context.notes]).toEqual([
      1,
      [`${dead} cannot be reached (connection refused): it is left out for a minute`],
    ]);
  });
});
