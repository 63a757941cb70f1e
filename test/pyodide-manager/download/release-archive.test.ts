import { expect, test } from "bun:test";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatError, WomaError } from "../../../src/errors.ts";
import { takeFromArchive } from "../../../src/pyodide-manager/download/release-archive.ts";
import type { PackageFile } from "../../../src/pyodide-manager/package-file.ts";
import { packReleaseArchive } from "../../support/release-archive.ts";
import { scratchDirectory } from "../../support/woma.ts";

/** More than bzip2 takes into one block, and nothing that it could make smaller. */
const LARGE = crypto.getRandomValues(Buffer.alloc(60_000)).toString("latin1").repeat(40);
const CONTENTS = new Map(
  Object.entries({ "a.whl": "first", "large.whl": LARGE, "other.js": "no package", "b.whl": "last" }).map(
    ([name, text]) => [name, Buffer.from(text, "latin1")],
  ),
);
const archive = await packReleaseArchive(CONTENTS);

function wanted(...names: string[]): PackageFile[] {
  return names.map((fileName) => {
    return { name: fileName, version: "1", fileName, sha256: "", origin: "lock", url: null, bytes: null };
  });
}

/** Takes these, and says what was kept, what was missing, and what was left behind. */
async function take(place: string, names: readonly string[], signal = new AbortController().signal) {
  await using scratch = await scratchDirectory();
  const kept: Record<string, Uint8Array> = {};
  const missing = await takeFromArchive({
    place,
    files: wanted(...names),
    temporaryDirectory: scratch.path,
    keep: async (file, mirror) => {
      kept[file.fileName] = readFileSync(join(fileURLToPath(mirror), file.fileName));
    },
    progress: { note: () => {}, received: () => {}, fetched: () => {} },
    signal,
  });
  return { kept, missing: missing.map(({ fileName }) => fileName), left: readdirSync(scratch.path) };
}

async function complaint(place: string): Promise<string> {
  const outcome = await take(place, ["a.whl", "b.whl"]).catch((error: unknown) => error);
  if (!(outcome instanceof WomaError)) throw outcome;
  return formatError(outcome);
}

test("what is wanted is taken out of a file, and what is not there is named", async () => {
  await using scratch = await scratchDirectory();
  const path = join(scratch.path, "release.tar.bz2");
  writeFileSync(path, archive);
  expect(await take(path, ["large.whl", "a.whl", "none.whl"])).toEqual({
    kept: { "a.whl": CONTENTS.get("a.whl"), "large.whl": CONTENTS.get("large.whl") },
    missing: ["none.whl"],
    left: [],
  } as never);
  expect(await take(`file://${path}`, ["b.whl"])).toMatchObject({ missing: [], left: [] });
});

test("a server that breaks off is asked for the rest, and no more is read than is wanted", async () => {
  const ranges: (string | null)[] = [];
  const server = createServer((request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const breaksOff = ranges.push(request.headers.range ?? null) < 3;
    response.writeHead(start > 0 ? 206 : 200, { etag: '"x"', "content-length": archive.length - start });
    if (!breaksOff) response.end(archive.subarray(start));
    else response.write(archive.subarray(start, start + 1000), () => setTimeout(() => response.destroy(), 20));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const outcome = await take(`http://127.0.0.1:${port}/release.tar.bz2`, ["a.whl", "b.whl", "large.whl"]);
  server.closeAllConnections();
  server.close();
  expect(outcome).toMatchObject({ kept: { "b.whl": CONTENTS.get("b.whl") }, missing: [], left: [] });
  expect(ranges).toEqual([null, "bytes=1000-", "bytes=2000-"]);
});

test("one that is damaged, cut off, no archive, or not there ends in words, and leaves nothing", async () => {
  await using scratch = await scratchDirectory();
  const path = join(scratch.path, "release.tar.bz2");
  const hint =
    "\n\nhint: what came before the damage is kept; get the archive again, or leave --archive out to fetch file by file\n";
  const told = (reason: string) => `error: ${path} cannot be read as a tar.bz2 archive: ${reason}${hint}`;
  writeFileSync(path, archive.subarray(0, archive.length - 2000));
  expect(await complaint(path)).toBe(told("its data is damaged or ends too soon"));
  writeFileSync(path, archive.slice().fill(0, archive.length / 2, archive.length / 2 + 100));
  expect(await complaint(path)).toBe(told("its data is damaged or ends too soon"));
  writeFileSync(path, "PK\x03\x04 and so on");
  expect(await complaint(path)).toBe(told("its data is damaged or ends too soon"));
  writeFileSync(path, "");
  expect(await take(path, ["a.whl"])).toEqual({ kept: {}, missing: ["a.whl"], left: [] });
  expect(await complaint(join(scratch.path, "none"))).toBe(
    `error: cannot read the archive ${scratch.path}/none: no such file\n\nhint: --archive takes a file or a URL\n`,
  );
  using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("", { status: 404 }) });
  expect(await complaint(`http://ada:secret@127.0.0.1:${server.port}/x`)).toBe(
    `error: cannot fetch the release archive http://127.0.0.1:${server.port}/x: answered 404\n\nhint: look at the network, or name another place with --archive; what was taken out of it so far is kept\n`,
  );
});

test("one can be stopped", async () => {
  await using scratch = await scratchDirectory();
  const path = join(scratch.path, "release.tar.bz2");
  writeFileSync(path, archive);
  const stop = AbortSignal.abort(new Error("stopped"));
  expect(take(path, ["b.whl"], stop)).rejects.toThrow("stopped");
});
