import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { formatError, WomaError } from "../../../src/errors.ts";
import { fetchPackage, fetchPackages } from "../../../src/pyodide-manager/download/download.ts";
import { DownloadError, HashMismatchError } from "../../../src/pyodide-manager/download/download-error.ts";
import { scratchDirectory } from "../../support/woma.ts";
import { downloading, wholeOf } from "../support/downloads.ts";
import { offeredWheel, onIndex } from "../support/package-files.ts";
import { served, startRawServer } from "../support/raw-server.ts";

/** What the user is told. */
async function complaintOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WomaError)) throw error ?? new Error("it was no failure");
  return formatError(error);
}

describe("a package's file", () => {
  const { file, bytes } = offeredWheel("plain", 300_000);

  test("is downloaded once, kept under its hash, and opened from the cache from then on", async () => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer((request) => served(bytes, request));
    const context = downloading(scratch.path, [server.url]);
    const wheel = await fetchPackage(file, context);
    expect([wheel.file, wheel.sizeBytes]).toEqual([file, bytes.length]);
    expect(wheel.entries.map(({ name }) => name)).toEqual([
      "plain-1.0.dist-info/METADATA",
      "plain-1.0.dist-info/RECORD",
      "plain-1.0.dist-info/WHEEL",
      "plain/__init__.py",
      "plain/data",
    ]);
    expect(wholeOf(wheel)).toEqual(bytes);
    expect(readFileSync(join(scratch.path, "wheels-v1", file.sha256, file.fileName))).toEqual(Buffer.from(bytes));
    expect(readdirSync(join(scratch.path, "partial-v1"))).toEqual([]);
    expect(wholeOf(await fetchPackage(file, downloading(scratch.path, [server.url])))).toEqual(bytes);
    expect(server.requests.map(({ path }) => path)).toEqual([`/${file.fileName}`]);
    expect([context.notes, context.received]).toEqual([[], new Map([["plain", bytes.length]])]);
  });

  test("comes from a directory, with or without a network", async () => {
    await using scratch = await scratchDirectory();
    const mirror = join(scratch.path, "a mirror");
    mkdirSync(mirror);
    writeFileSync(join(mirror, file.fileName), bytes);
    const context = downloading(join(scratch.path, "cache"), [`${pathToFileURL(mirror)}/`], {
      settings: { offline: true },
    });
    expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
  });

  test("comes from the first source that has it", async () => {
    await using scratch = await scratchDirectory();
    await using empty = await startRawServer(() => ({ status: 404 }));
    await using server = await startRawServer((request) => served(bytes, request));
    const context = downloading(join(scratch.path, "cache"), [
      `${pathToFileURL(join(scratch.path, "nothing"))}/`,
      empty.url,
      server.url,
    ]);
    expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
    expect([empty.requests.length, server.requests.length, context.notes]).toEqual([1, 1, []]);
  });

  test("is found behind redirects, and by a name that has to be escaped", async () => {
    await using scratch = await scratchDirectory();
    const odd = { ...file, fileName: "plain-1.0+local-py3-none-any.whl" };
    await using server = await startRawServer((request) => {
      if (request.path.startsWith("/files/")) return served(bytes, request);
      return { status: [301, 302, 303, 307, 308][request.index] ?? 302, headers: { location: `files${request.path}` } };
    });
    expect(wholeOf(await fetchPackage(odd, downloading(scratch.path, [server.url])))).toEqual(bytes);
    expect(server.requests.map(({ path }) => path)).toEqual([
      "/plain-1.0%2Blocal-py3-none-any.whl",
      "/files/plain-1.0%2Blocal-py3-none-any.whl",
    ]);
  });

  test("is asked for with the credentials of the URL, which go to no other server and into no message", async () => {
    await using scratch = await scratchDirectory();
    await using other = await startRawServer(() => ({ status: 403 }));
    await using server = await startRawServer(() => ({ status: 302, headers: { location: `${other.url}x` } }));
    const url = server.url.replace("//", "//user:p%40ss@");
    const { file: secret } = onIndex(offeredWheel("secret"), { url });
    const asked = { ...secret, url: `${secret.url}?token=abc` };
    expect(await complaintOf(fetchPackage(asked, downloading(scratch.path, [])))).toBe(
      `error: cannot fetch secret 1.0 (${file.fileName.replace("plain", "secret")})\n  ${server.url}${secret.fileName}: answered 403\n\nhint: look at the network, or name another place that has it with --mirror; what has come so far is kept\n`,
    );
    expect(server.requests.map(({ path, headers }) => [path, headers.get("authorization")])).toEqual([
      [`/${secret.fileName}?token=abc`, `Basic ${btoa("user:p@ss")}`],
    ]);
    expect(other.requests.map(({ headers }) => headers.get("authorization"))).toEqual([undefined]);
  });

  test("is not asked for anywhere offline, and the message says what to do", async () => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer((request) => served(bytes, request));
    const context = downloading(scratch.path, [server.url], { settings: { offline: true } });
    expect(await complaintOf(fetchPackage(file, context))).toBe(
      `error: cannot fetch plain 1.0 (${file.fileName})\n  the cache and the mirrors on this machine's disks: not there\n\nhint: leave out --offline, or fetch it beforehand with a network: woma cache fetch plain\n`,
    );
    expect(server.requests).toEqual([]);
  });

  test("with other bytes is never kept, and another source is asked", async () => {
    await using scratch = await scratchDirectory();
    const other = offeredWheel("other").bytes;
    await using liar = await startRawServer((request) => served(other, request, { "content-type": "text/html" }));
    await using server = await startRawServer((request) => served(bytes, request));
    expect(wholeOf(await fetchPackage(file, downloading(scratch.path, [liar.url, server.url])))).toEqual(bytes);
    const alone = onIndex({ file, bytes }, liar).file;
    const failed = fetchPackage(alone, downloading(join(scratch.path, "new"), []));
    expect(await failed.catch((error) => error)).toBeInstanceOf(HashMismatchError);
    const sha256 = new Bun.CryptoHasher("sha256").update(other).digest("hex");
    expect(await complaintOf(failed)).toBe(
      `error: cannot fetch plain 1.0 (${file.fileName})\n  ${alone.url}: served other bytes: ${other.length} bytes of text/html, sha256 ${sha256}\n  expected: sha256 ${file.sha256}\n\nhint: what came was not kept; a mirror that is out of date or changes files must be put right, or left out\n`,
    );
    expect(readdirSync(join(scratch.path, "new/wheels-v1"))).toEqual([]);
    expect(readdirSync(join(scratch.path, "new/partial-v1"))).toEqual([]);
  });
});

describe("several packages", () => {
  const offers = Array.from({ length: 20 }, (_, index) => offeredWheel(`package${index}`, 1000 * index));
  const files = offers.map(({ file }) => file);
  const serve = (limit = 20) =>
    startRawServer((request) => {
      const index = files.findIndex(({ fileName }) => request.path === `/${fileName}`);
      const offer = offers[index];
      return offer === undefined || index >= limit ? { status: 404 } : served(offer.bytes, request);
    });

  test("come in their order, each once", async () => {
    await using scratch = await scratchDirectory();
    await using server = await serve();
    const wheels = await fetchPackages(files, downloading(scratch.path, [server.url]));
    expect(wheels.map(wholeOf)).toEqual(offers.map(({ bytes }) => bytes));
    expect(server.requests.length).toBe(20);
  });

  test("that cannot be had are named together, and the others are in the cache", async () => {
    await using scratch = await scratchDirectory();
    await using server = await serve(12);
    const onServer = offers.map((offer) => onIndex(offer, server).file);
    const context = downloading(scratch.path, []);
    const error = await fetchPackages(onServer, context).catch((reason) => reason);
    expect(error).toBeInstanceOf(DownloadError);
    expect(error.files.map(({ name }: { name: string }) => name).sort()).toEqual(
      files
        .slice(12)
        .map(({ name }) => name)
        .sort(),
    );
    expect(error.message.split("\n").length).toBe(11);
    expect(error.message).toEndWith("\nand 3 more");
    expect(context.cache?.list().length).toBe(12);
  });

  test("are refused when they are more than the run may have, and nothing is asked for", async () => {
    await using scratch = await scratchDirectory();
    await using server = await serve();
    const context = downloading(scratch.path, [server.url], { settings: { maximumPackages: 19 } });
    expect(await complaintOf(fetchPackages(files, context))).toBe(
      "error: this run asks for 20 packages, over its --max-packages of 19\n\nhint: allow more with --max-packages\n",
    );
    expect(server.requests).toEqual([]);
  });

  test("are refused when they are more bytes than the run may download, whether the server says so or not", async () => {
    await using server = await serve();
    await using silent = await startRawServer((request) => {
      const { bytes = new Uint8Array(0) } =
        offers[files.findIndex(({ fileName }) => request.path === `/${fileName}`)] ?? {};
      const chunk = Buffer.concat([
        Buffer.from(`${bytes.length.toString(16)}\r\n`),
        bytes,
        Buffer.from("\r\n0\r\n\r\n"),
      ]);
      return { headers: { "transfer-encoding": "chunked" }, body: [chunk] };
    });
    for (const { url } of [server, silent]) {
      await using scratch = await scratchDirectory();
      const context = downloading(scratch.path, [url], { settings: { maximumDownloadBytes: 0.05 * 1024 ** 2 } });
      expect(await complaintOf(fetchPackages(files, context))).toBe(
        "error: this run would download more than 0.05 MB, its --max-download\n\nhint: allow more with --max-download\n",
      );
      expect(context.run.bytes).toBeLessThanOrEqual(0.05 * 1024 ** 2);
    }
  });

  test("are given up when they are no longer wanted, and what has come of them is kept", async () => {
    await using scratch = await scratchDirectory();
    const { file, bytes } = offeredWheel("slow", 3_000_000);
    await using server = await startRawServer((request) => ({
      ...served(bytes, request),
      body: [bytes.subarray(0, 1_000_000)],
      ending: "stall",
    }));
    const abandon = new AbortController();
    const context = downloading(scratch.path, [server.url], { signal: abandon.signal });
    const failed = fetchPackages([file], context).catch((reason) => reason);
    while ((context.received.get("slow") ?? 0) < 1_000_000) await Bun.sleep(5);
    const reason = new Error("enough");
    abandon.abort(reason);
    expect(await failed).toBe(reason);
    expect(readFileSync(join(scratch.path, "partial-v1", `${file.sha256}.part`)).length).toBe(1_000_000);
    expect(existsSync(join(scratch.path, "wheels-v1", file.sha256))).toBe(false);
  });
});
