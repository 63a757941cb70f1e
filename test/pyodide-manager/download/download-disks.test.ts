import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { formatError } from "../../../src/errors.ts";
import { openCache } from "../../../src/pyodide-manager/cache/cache.ts";
import { fetchPackage } from "../../../src/pyodide-manager/download/download.ts";
import { DownloadDiskError } from "../../../src/pyodide-manager/download/download-error.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { cannotMount, mountSmall } from "../../support/privileges.ts";
import { scratchDirectory } from "../../support/woma.ts";
import { downloading, wholeOf } from "../support/downloads.ts";
import { offeredWheel } from "../support/package-files.ts";
import { served, startRawServer } from "../support/raw-server.ts";

const { file, bytes } = offeredWheel("large", 3_000_000);
const { file: small, bytes: smallBytes } = offeredWheel("small", 100_000);

const serving = () =>
  startRawServer((request) => served(request.path === `/${file.fileName}` ? bytes : smallBytes, request));

describe("a cache on a full disk", () => {
  testUnless(cannotMount, "takes nothing, says so, and has the room again that was there before", async () => {
    await using scratch = await scratchDirectory();
    await using server = await serving();
    using _mounted = mountSmall(scratch.path, "size=1m");
    using _full = temporaryFilesIn(scratch.path);
    wholeOf(await fetchPackage(small, downloading(scratch.path, [server.url])));
    const error = await fetchPackage(file, downloading(scratch.path, [server.url])).catch((reason) => reason);
    expect(error).toBeInstanceOf(DownloadDiskError);
    expect(formatError(error)).toBe(
      `error: cannot keep large 1.0 (${file.fileName}) in ${scratch.path}: no space left on the disk\n\nhint: make room there (\`woma cache clean\` removes what woma keeps), or name another directory with --pyodide-cache\n`,
    );
    expect(readdirSync(join(scratch.path, "partial-v1"))).toEqual([]);
    expect(readdirSync(join(scratch.path, "wheels-v1"))).toEqual([small.sha256]);
    expect(Bun.spawnSync(["mount", "-o", "remount,size=8m", scratch.path]).success).toBe(true);
    expect(wholeOf(await fetchPackage(file, downloading(scratch.path, [server.url])))).toEqual(bytes);
  });

  testUnless(cannotMount, "is done without where there is room for temporary files, which is said once", async () => {
    await using scratch = await scratchDirectory();
    await using server = await serving();
    using _mounted = mountSmall(scratch.path, "size=1m");
    const context = downloading(scratch.path, [server.url]);
    for (let round = 0; round < 2; round++) expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
    expect(context.notes).toEqual([
      `the cache ${scratch.path} keeps nothing of what is fetched: no space left on the disk`,
    ]);
    expect([readdirSync(join(scratch.path, "partial-v1")), openCache(scratch.path).list()]).toEqual([[], []]);
  });

  testUnless(cannotMount, "with no room for a name either says the same", async () => {
    await using scratch = await scratchDirectory();
    await using server = await serving();
    using _mounted = mountSmall(scratch.path, "size=1m,nr_inodes=6");
    const context = downloading(scratch.path, [server.url]);
    expect(wholeOf(await fetchPackage(small, context))).toEqual(smallBytes);
    expect(context.notes).toEqual([
      `the cache ${scratch.path} keeps nothing of what is fetched: no space left on the disk`,
    ]);
  });
});

/** As TMPDIR has it. */
function temporaryFilesIn(directory: string): Disposable {
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = directory;
  return {
    [Symbol.dispose]: () => {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    },
  };
}

testUnless(notOnLinux, "a limit to the size of files is said to be one", async () => {
  await using scratch = await scratchDirectory();
  await using server = await serving();
  const modules = join(import.meta.dir, "../support/downloads.ts");
  const code = `
    import { fetchPackage } from ${JSON.stringify(join(import.meta.dir, "../../../src/pyodide-manager/download/download.ts"))};
    import { downloading } from ${JSON.stringify(modules)};
    process.on("SIGXFSZ", () => {});
    const context = downloading(${JSON.stringify(scratch.path)}, [${JSON.stringify(server.url)}]);
    await fetchPackage(${JSON.stringify(file)}, context).catch((error) => console.log(error.message));
  `;
  const child = Bun.spawn(["sh", "-c", 'ulimit -f 1000; exec "$0" -e "$1"', process.execPath, code], {
    stderr: "pipe",
  });
  expect([await new Response(child.stdout).text(), await new Response(child.stderr).text()]).toEqual([
    `cannot keep large 1.0 (${file.fileName}) in ${scratch.path}: the limit to the size of files (ulimit -f) is reached\n`,
    "",
  ]);
});

describe("a read-only cache", () => {
  testUnless(cannotMount, "is used as it is; what it lacks is fetched and not kept, which is said once", async () => {
    await using scratch = await scratchDirectory();
    await using server = await serving();
    using _mounted = mountSmall(scratch.path, "size=8m");
    wholeOf(await fetchPackage(small, downloading(scratch.path, [server.url])));
    const before = server.requests.length;
    const lastUsed = statSync(join(scratch.path, "wheels-v1", small.sha256)).mtimeMs;
    expect(Bun.spawnSync(["mount", "-o", "remount,ro", scratch.path]).success).toBe(true);
    const context = downloading(scratch.path, [server.url]);
    expect([context.cache?.writable, context.cache?.trusted]).toEqual([false, true]);
    expect(wholeOf(await fetchPackage(small, context))).toEqual(smallBytes);
    expect([server.requests.length, context.notes]).toEqual([before, []]);
    for (let round = 0; round < 2; round++) expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
    expect(context.notes).toEqual([`the cache ${scratch.path} keeps nothing of what is fetched: it cannot be written`]);
    expect(statSync(join(scratch.path, "wheels-v1", small.sha256)).mtimeMs).toBe(lastUsed);
    expect(openCache(scratch.path).clean()).toEqual({ removedBytes: 0, leftBytes: openCache(scratch.path).size() });
  });
});

test("without a cache a wheel is there as long as it is open", async () => {
  await using server = await serving();
  const context = downloading(null, [server.url]);
  expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
  expect(context.notes).toEqual([]);
});

test("a cache that was written by another version is left alone, and its own parts are made beside", async () => {
  await using scratch = await scratchDirectory();
  await using server = await serving();
  for (const name of ["wheels-v0", "wheels-v2", "partial-v9"]) {
    mkdirSync(join(scratch.path, name, small.sha256), { recursive: true });
    await Bun.write(join(scratch.path, name, small.sha256, small.fileName), "of another version");
  }
  expect(wholeOf(await fetchPackage(small, downloading(scratch.path, [server.url])))).toEqual(smallBytes);
  const cache = openCache(scratch.path);
  cache.clean();
  cache.evict(0);
  expect(readdirSync(scratch.path).filter((name) => /v[029]$/.test(name)).length).toBe(3);
  expect(await Bun.file(join(scratch.path, "wheels-v2", small.sha256, small.fileName)).text()).toBe(
    "of another version",
  );
});
