import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Cache, openCache } from "../../../src/pyodide-manager/cache/cache.ts";
import { UnreachableServers } from "../../../src/pyodide-manager/download/unreachable.ts";
import type { IndexSettings } from "../../../src/pyodide-manager/index/index-settings.ts";
import { PageCache } from "../../../src/pyodide-manager/index/page-cache.ts";
import { ProjectFiles, type ProjectPage } from "../../../src/pyodide-manager/index/project-files.ts";
import { tagRanks } from "../../../src/pyodide-manager/index/wheel-name.ts";
import { loadLock } from "../../../src/pyodide-manager/lock.ts";
import { LITTLE_PATIENCE } from "../../support/resolving.ts";
import { scratchDirectory } from "../../support/woma.ts";

const HASH = "0123456789abcdef".repeat(4);
const RANKS = tagRanks(loadLock().platforms);

interface Given extends Partial<IndexSettings> {
  readonly cache?: Cache;
  readonly offline?: boolean;
  readonly notes?: string[];
}

function projectFiles({ cache, offline = false, notes = [], ...settings }: Given): ProjectFiles {
  const access = {
    pages: new PageCache(cache ?? null),
    unreachable: new UnreachableServers(cache ?? null, LITTLE_PATIENCE.leftOutMs),
    patience: LITTLE_PATIENCE,
    signal: AbortSignal.timeout(20_000),
    offline,
    maximumWheelBytes: 2 ** 20,
  };
  return new ProjectFiles({
    settings: { indexes: [], findLinks: [], certificates: null, ...settings },
    access,
    ranks: RANKS,
    note: (text) => notes.push(text),
  });
}

const names = (page: ProjectPage | null) => page?.files.map(({ fileName }) => fileName) ?? null;

type Handler = (request: Request, path: string) => Response | Promise<Response>;

/** A server for the length of a test; the paths that it was asked for. */
function serve(answer: Handler): { url: string; requests: string[] } & Disposable {
  const requests: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => {
      const { pathname } = new URL(request.url);
      requests.push(pathname);
      return answer(request, pathname);
    },
  });
  return { url: server.url.href, requests, [Symbol.dispose]: () => void server.stop(true) };
}

const json = (files: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ meta: { "api-version": "1.1" }, files }), {
    headers: { "content-type": "application/vnd.pypi.simple.v1+json", ...headers },
  });
const html = (body: string) =>
  new Response(`<!DOCTYPE html><body>${body}</body>`, { headers: { "content-type": "text/html; charset=utf-8" } });
const wheel = (version: string) => ({
  filename: `thing-${version}-py3-none-any.whl`,
  url: `/f/thing-${version}-py3-none-any.whl`,
  hashes: {},
});

describe("a project's page", () => {
  test("in JSON gives each file with what is said of it", async () => {
    using server = serve(() =>
      json([
        {
          filename: "thing-1.0-py3-none-any.whl",
          url: "../../files/thing-1.0-py3-none-any.whl",
          hashes: { sha256: HASH.toUpperCase() },
          size: 123,
          yanked: "broken",
          "requires-python": ">=3.9",
          "core-metadata": { sha256: HASH },
        },
        {
          filename: "thing-1.1-py3-none-any.whl",
          url: "/x/thing-1.1-py3-none-any.whl",
          yanked: false,
          "dist-info-metadata": true,
        },
        { filename: "thing-1.2-py3-none-any.whl", url: "file:///etc/passwd" },
        { filename: "../../thing-1.3-py3-none-any.whl", url: "/x" },
        { filename: "another-1.4-py3-none-any.whl", url: "/x" },
        "nonsense",
      ]),
    );
    const page = await projectFiles({ indexes: [`${server.url}simple`] }).next("thing");
    expect(page).toEqual({
      files: [
        {
          fileName: "thing-1.0-py3-none-any.whl",
          version: "1.0",
          url: `${server.url}files/thing-1.0-py3-none-any.whl`,
          sha256: HASH,
          requiresPython: ">=3.9",
          yanked: "broken",
          metadata: { sha256: HASH },
          bytes: 123,
        },
        {
          fileName: "thing-1.1-py3-none-any.whl",
          version: "1.1",
          url: `${server.url}x/thing-1.1-py3-none-any.whl`,
          sha256: null,
          requiresPython: null,
          yanked: null,
          metadata: { sha256: null },
          bytes: null,
        },
      ],
      unusable: new Map(),
    });
  });

  test("in HTML does so too: base, entities, fragments, attributes without a value", async () => {
    using server = serve(() =>
      html(`<base href="/files/">
        <a href="thing-1.0-py3-none-any.whl?a=1&amp;b=2#sha256=${HASH}" data-requires-python="&gt;=3.9,&#60;4">x</a>
        <A HREF="thing-1.1-py3-none-any.whl" data-yanked data-core-metadata="sha256=${HASH}">x</A>
        <a href="thing-1.2%2Blocal-py3-none-any.whl" data-dist-info-metadata="true">x</a>
        <a href="javascript:alert(1)">x</a> <a>x</a>`),
    );
    const page = await projectFiles({ indexes: [`${server.url}simple/`] }).next("thing");
    const plain = { requiresPython: null, yanked: null, metadata: null, bytes: null, sha256: null };
    expect(page?.files).toEqual([
      {
        ...plain,
        fileName: "thing-1.0-py3-none-any.whl",
        version: "1.0",
        url: `${server.url}files/thing-1.0-py3-none-any.whl?a=1&b=2#sha256=${HASH}`,
        sha256: HASH,
        requiresPython: ">=3.9,<4",
      },
      {
        ...plain,
        fileName: "thing-1.1-py3-none-any.whl",
        version: "1.1",
        url: `${server.url}files/thing-1.1-py3-none-any.whl`,
        yanked: "",
        metadata: { sha256: HASH },
      },
      {
        ...plain,
        fileName: "thing-1.2+local-py3-none-any.whl",
        version: "1.2+local",
        url: `${server.url}files/thing-1.2%2Blocal-py3-none-any.whl`,
        metadata: { sha256: null },
      },
    ]);
  });

  test("lists what runs here, the best first, and says what there is of other versions", async () => {
    const file = (filename: string) => ({ filename, url: `/f/${filename}` });
    using server = serve(() =>
      json([
        file("thing-1.0-py3-none-any.whl"),
        file("thing-1.0-2-py3-none-any.whl"),
        file("thing-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl"),
        file("thing-1.0-cp312-abi3-pyemscripten_2026_0_wasm32.whl"),
        file("thing-1.0.tar.gz"),
        file("thing-2.0-cp314-cp314-win_amd64.whl"),
        file("thing-2.0.tar.gz"),
        file("Thing-3.0.zip"),
        file("thing-3.0.exe"),
      ]),
    );
    const page = await projectFiles({ indexes: [server.url] }).next("thing");
    expect(names(page)).toEqual([
      "thing-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl",
      "thing-1.0-cp312-abi3-pyemscripten_2026_0_wasm32.whl",
      "thing-1.0-2-py3-none-any.whl",
      "thing-1.0-py3-none-any.whl",
    ]);
    expect(page?.unusable).toEqual(
      new Map([
        ["2.0", "wheels for other platforms only"],
        ["3.0", "sources only"],
      ]),
    );
  });
});

describe("indexes are asked one after another", () => {
  test("the first with a wheel that runs here decides; the next is asked when that is not enough", async () => {
    using first = serve(() => json([{ filename: "thing-9.0-cp314-cp314-win_amd64.whl", url: "/x" }]));
    using second = serve(() => json([wheel("1.0")]));
    using third = serve(() => json([wheel("2.0")]));
    const files = projectFiles({ indexes: [first.url, second.url, third.url] });
    expect(names(await files.next("thing"))).toEqual(["thing-1.0-py3-none-any.whl"]);
    expect(third.requests).toEqual([]);
    expect(names(await files.next("thing"))).toEqual(["thing-2.0-py3-none-any.whl"]);
    expect(await files.next("thing")).toBeNull();
  });

  test("directories and pages of links come first; a directory may be an index, too", async () => {
    await using scratch = await scratchDirectory();
    const directory = join(scratch.path, "links");
    mkdirSync(join(directory, "thing"), { recursive: true });
    for (const name of ["thing-1.0-py3-none-any.whl", "Other_Thing-1.0-py3-none-any.whl", "notes.txt"])
      await Bun.write(join(directory, name), "");
    await Bun.write(join(directory, "thing/index.html"), `<a href="../files/thing-3.0-py3-none-any.whl">x</a>`);
    using page = serve(() => html(`<a href="/f/thing-2.0-py3-none-any.whl">x</a>`));
    const url = pathToFileURL(directory).href;
    const files = projectFiles({ findLinks: [url, page.url, "file:///nowhere/at/all"], indexes: [url] });
    expect(names(await files.next("thing"))).toEqual(["thing-1.0-py3-none-any.whl", "thing-2.0-py3-none-any.whl"]);
    const second = await files.next("thing");
    expect(second?.files.map((file) => file.url)).toEqual([`${url}/files/thing-3.0-py3-none-any.whl`]);
    expect(await files.next("absent")).toBeNull();
  });

  test("with the user name and password of their URLs, also for files there, and never for other servers", async () => {
    const seen: (string | null)[] = [];
    using elsewhere = serve((request) => {
      seen.push(request.headers.get("authorization"));
      return json([wheel("1.0")]);
    });
    using server = serve((request, path) => {
      if (request.headers.get("authorization") !== `Basic ${btoa("user:p@ss")}`)
        return new Response("", { status: 401 });
      return path.startsWith("/away") ? Response.redirect(`${elsewhere.url}thing/`, 302) : json([wheel("1.0")]);
    });
    const url = server.url.replace("//", "//user:p%40ss@");
    const page = await projectFiles({ indexes: [url] }).next("thing");
    expect(page?.files[0]?.url).toBe(`${url}f/thing-1.0-py3-none-any.whl`);
    const moved = await projectFiles({ indexes: [`${url}away/`] }).next("thing");
    expect(moved?.files[0]?.url).toBe(`${elsewhere.url}f/thing-1.0-py3-none-any.whl`);
    expect(seen).toEqual([null]);
    const notes: string[] = [];
    expect(await projectFiles({ indexes: [url.replace("p%40ss", "wrong")], notes }).next("thing")).toBeNull();
    expect(notes).toEqual([
      `${server.url} answered 401: it wants a user name and password in its URL; going on without it`,
    ]);
  });
});

describe("an index that", () => {
  test("is busy is asked again", async () => {
    let left = 2;
    using server = serve(() =>
      left-- > 0 ? new Response("", { status: 503, headers: { "retry-after": "0" } }) : json([wheel("1.0")]),
    );
    expect(names(await projectFiles({ indexes: [server.url] }).next("thing"))).toEqual(["thing-1.0-py3-none-any.whl"]);
    expect(server.requests).toHaveLength(3);
  });

  test.each([
    ["stays busy", () => new Response("", { status: 429 }), "answered 429, 4 times"],
    ["answers no page", () => json({}), "answered with a page that lists no files"],
    [
      "answers no JSON",
      () => new Response("{", { headers: { "content-type": "application/json" } }),
      "answered with a page that is no JSON",
    ],
    ["refuses", () => new Response("", { status: 403 }), "answered 403: it does not let you in"],
    ["says nothing", () => new Promise<Response>(() => {}), "no answer within 0.8 s, 3 times"],
    [
      "stalls",
      () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) })),
      "sent nothing for 0.8 s, 3 times",
    ],
    [
      "sends without end",
      () => new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(2 ** 20)) })),
      "sends more than 68 MB",
    ],
  ] as [string, () => Response | Promise<Response>, string][])(
    "%s is left out, which is said once",
    async (_, answer, reason) => {
      using server = serve(answer);
      using other = serve(() => json([wheel("1.0")]));
      const notes: string[] = [];
      const files = projectFiles({ indexes: [server.url, other.url], notes });
      expect(names(await files.next("thing"))).toEqual(["thing-1.0-py3-none-any.whl"]);
      expect(notes).toEqual([`${server.url} ${reason}; going on without it`]);
    },
    20_000,
  );

  test("cannot be reached is not tried again by anyone on the cache for a minute", async () => {
    await using scratch = await scratchDirectory();
    const cache = openCache(join(scratch.path, "cache"));
    const dead = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("") });
    const url = dead.url.href;
    await dead.stop(true);
    const notes: string[] = [];
    expect(await projectFiles({ indexes: [url], cache, notes }).next("thing")).toBeNull();
    expect(await projectFiles({ indexes: [url], cache, notes }).next("thing")).toBeNull();
    expect(notes).toEqual([
      `${url} connection refused; going on without it`,
      `${url} could not be reached a moment ago; going on without it`,
    ]);
  });
});

describe("a page that is kept", () => {
  test("is asked about, and used as it is while that holds", async () => {
    await using scratch = await scratchDirectory();
    const cache = openCache(join(scratch.path, "cache"));
    const statuses: number[] = [];
    let version = "1.0";
    using server = serve((request) => {
      const isSame = request.headers.get("if-none-match") === `"${version}"`;
      statuses.push(isSame ? 304 : 200);
      return isSame ? new Response(null, { status: 304 }) : json([wheel(version)], { etag: `"${version}"` });
    });
    const versions = async (offline = false) =>
      names(await projectFiles({ indexes: [server.url], cache, offline }).next("thing"));
    expect(await versions()).toEqual(["thing-1.0-py3-none-any.whl"]);
    expect(await versions()).toEqual(["thing-1.0-py3-none-any.whl"]);
    version = "2.0";
    expect(await versions(true)).toEqual(["thing-1.0-py3-none-any.whl"]);
    expect(await versions()).toEqual(["thing-2.0-py3-none-any.whl"]);
    expect(statuses).toEqual([200, 304, 200]);
  });

  test("by somebody else, in a cache that others can write to, is not read", async () => {
    await using scratch = await scratchDirectory();
    const cache = openCache(join(scratch.path, "cache"));
    using server = serve(() => json([wheel("1.0")]));
    await projectFiles({ indexes: [server.url], cache }).next("thing");
    chmodSync(join(cache.directory, "index-v1"), 0o777);
    expect(await projectFiles({ indexes: [server.url], cache, offline: true }).next("thing")).toBeNull();
  });
});
