import { describe, expect, setDefaultTimeout } from "bun:test";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { resolveInCell } from "../../src/broker/resolver-cell.ts";
import { openLibc } from "../../src/protocol/libc.ts";
import { sha256Of } from "../../src/pyodide-manager/archive/verify.ts";
import { openCache } from "../../src/pyodide-manager/cache/cache.ts";
import { fetchPackage } from "../../src/pyodide-manager/download/download.ts";
import { keepReceived } from "../../src/pyodide-manager/index/keep-received.ts";
import { loadLock } from "../../src/pyodide-manager/lock.ts";
import { requirement } from "../../src/pyodide-manager/resolve/requirement.ts";
import type { ResolverAnswers } from "../../src/pyodide-manager/resolve/resolver-task.ts";
import { downloading } from "../pyodide-manager/support/downloads.ts";
import { builtBinary } from "../support/binary.ts";
import { noCorePackages } from "../support/core.ts";
import { TestIndex } from "../support/index-server.ts";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { failureOf, LITTLE_PATIENCE, resolveFor, summary } from "../support/resolving.ts";
import { buildWheel } from "../support/wheel.ts";
import { scratchDirectory } from "../support/woma.ts";

setDefaultTimeout(60_000);

const lock = loadLock();
const obstacle = notOnLinux ?? (await noCorePackages());
const resolverTest = (name: string, body: () => Promise<void>) => testUnless(obstacle, name, body);

/** Wheels without code, by `name version`, with lines of METADATA. */
function indexOf(wheels: Readonly<Record<string, readonly string[]>>, index = new TestIndex()): TestIndex {
  for (const [title, metadata] of Object.entries(wheels)) {
    const [name = "", version = ""] = title.split(" ");
    index.add(buildWheel({ name, version, metadata }));
  }
  return index;
}

const asked = (index: { url: string }) => ({ environment: { PIP_INDEX_URL: index.url } });

describe("requirements are resolved", () => {
  resolverTest("with the newest versions that fit all, each after what it needs", async () => {
    using index = indexOf({
      "app 1.0": ["Requires-Dist: library<3", "Requires-Dist: Other_Thing"],
      "library 1.0": [],
      "library 2.10": ["Requires-Dist: other.thing>=1"],
      "library 2.9": [],
      "library 3.0": [],
      "other-thing 1.5": [],
    });
    expect(summary(await resolveFor(["app", "library!=3.0"], asked(index)))).toEqual([
      "other-thing 1.5 (index, for app, library)",
      "library 2.10 (index, for --with, app)",
      "app 1.0 (index, for --with)",
    ]);
  });

  resolverTest("by going back to an older version where the newest excludes another's needs", async () => {
    using index = indexOf({
      "one 2.0": ["Requires-Dist: shared>=2"],
      "one 1.0": ["Requires-Dist: shared<2"],
      "two 1.0": ["Requires-Dist: shared<2"],
      "shared 1.9": [],
      "shared 2.0": [],
    });
    expect(summary(await resolveFor(["one", "two"], asked(index)))).toEqual([
      "shared 1.9 (index, for one, two)",
      "one 1.0 (index, for --with)",
      "two 1.0 (index, for --with)",
    ]);
  });

  resolverTest("with extras, also those of extras, and with markers for this interpreter", async () => {
    using index = indexOf({
      "app 1.0": [
        'Requires-Dist: nowhere ; python_version < "3" and extra == "all"',
        "Provides-Extra: all",
        "Provides-Extra: fast",
        'Requires-Dist: app[fast] ; extra == "all"',
        'Requires-Dist: speed ; extra == "fast"',
        'Requires-Dist: windows ; sys_platform == "win32"',
        'Requires-Dist: browser ; sys_platform == "emscripten" and python_version >= "3.14"',
      ],
      "speed 1.0": [],
      "browser 1.0": [],
      "windows 1.0": [],
    });
    expect(summary(await resolveFor(["app[all]", 'windows ; os_name == "nt"'], asked(index)))).toEqual([
      "browser 1.0 (index, for app)",
      "speed 1.0 (index, for app)",
      "app 1.0 (index, for --with)",
    ]);
    expect(index.requests.filter((path) => path.includes("windows"))).toEqual([]);
  });

  resolverTest("without extras that there are not, which is told", async () => {
    using index = indexOf({
      "app 1.0": ["Provides-Extra: Fast_x", "Provides-Extra: none"],
      "user 1.0": ["Requires-Dist: app[neither,fast-x]"],
      "older 1.0": ['Requires-Dist: speed ; extra == "unlisted"'],
      "speed 1.0": [],
    });
    const notes: string[] = [];
    const words = ["app[nosuch,none,FAST.x]", "user", "older[unlisted]"];
    const plan = await resolveFor(words, { ...asked(index), notes });
    expect(plan.packages.map(({ file }) => file.name)).toEqual(["app", "speed", "older", "user"]);
    expect(notes.sort()).toEqual([
      "app 1.0 has no extra 'neither': nothing is installed for it",
      "app 1.0 has no extra 'nosuch': nothing is installed for it",
    ]);
    expect(plan.notes.toSorted()).toEqual(notes);
  });

  resolverTest(
    "with wheels that run here, the best of a version, and pre-releases only where they must be",
    async () => {
      using index = new TestIndex();
      const add = (version: string, tag: string) => index.add(buildWheel({ name: "thing", version, tag }));
      add("1.0", "py3-none-any");
      add("1.0", "cp314-cp314-pyemscripten_2026_0_wasm32");
      add("1.0", "cp39-abi3-pyemscripten_2026_0_wasm32");
      add("2.0", "cp314-cp314-manylinux_2_17_x86_64");
      add("3.0rc1", "py3-none-any");
      const fileOf = async (word: string) => (await resolveFor([word], asked(index))).packages[0]?.file.fileName;
      expect(await fileOf("thing")).toBe("thing-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl");
      expect(await fileOf("thing>=3.0rc0")).toBe("thing-3.0rc1-py3-none-any.whl");
      expect(await fileOf("thing>1")).toBe("thing-3.0rc1-py3-none-any.whl");
    },
  );

  resolverTest(
    "without what was withdrawn, unless that very version is wanted, and without what wants another Python",
    async () => {
      using index = new TestIndex()
        .add(buildWheel({ name: "thing", version: "1.0" }))
        .add(buildWheel({ name: "thing", version: "1.1" }), { yanked: "broken" })
        .add(buildWheel({ name: "thing", version: "1.2" }), { requiresPython: ">=3.15" })
        .add(buildWheel({ name: "thing", version: "1.3", metadata: ["Requires-Python: <3.14"] }))
        .add(buildWheel({ name: "thing", version: "1.4" }), { requiresPython: "nonsense" });
      const versionOf = async (word: string) => (await resolveFor([word], asked(index))).packages[0]?.file.version;
      expect(await versionOf("thing<1.4")).toBe("1.0");
      expect(await versionOf("thing==1.1")).toBe("1.1");
      expect(await versionOf("thing")).toBe("1.4");
    },
  );

  resolverTest("with the lock's packages where they fit, and with an index's where they do not", async () => {
    using index = indexOf({
      "app 1.0": ["Requires-Dist: six>=1.10"],
      "newer 1.0": ["Requires-Dist: six>1.17"],
      "six 1.18": [],
    });
    expect(summary(await resolveFor(["app"], asked(index)))).toEqual([
      "six 1.17.0 (lock, for app)",
      "app 1.0 (index, for --with)",
    ]);
    expect(index.requests.filter((path) => path === "/simple/six/")).toEqual([]);
    const { packages, notes } = await resolveFor(["app", "newer"], asked(index));
    expect(summary({ packages, notes })).toEqual([
      "six 1.18 (index instead of lock, for app, newer)",
      "app 1.0 (index, for --with)",
      "newer 1.0 (index, for --with)",
    ]);
    expect(notes).toEqual(["six 1.18 is the index's, not the distribution's"]);
  });

  resolverTest("with an index's file of the same version for a package of the lock that cannot be had", async () => {
    using index = indexOf({ "six 1.16.0": [], "six 1.17.0": [], "six 99": [], "python-dateutil 99": [] });
    using newer = indexOf({ "six 98": [] });
    const excludedLock = new Set(["six"]);
    const expected = [
      "six 1.17.0 (index instead of lock, for python-dateutil)",
      "python-dateutil 2.9.0.post0 (lock, for --with)",
    ];
    expect(summary(await resolveFor(["python-dateutil"], { ...asked(index), excludedLock }))).toEqual(expected);
    const environment = { PIP_EXTRA_INDEX_URL: newer.url, PIP_INDEX_URL: index.url };
    expect(summary(await resolveFor(["python-dateutil"], { environment, excludedLock }))).toEqual(expected);
    expect(summary(await resolveFor(["six>2"], { environment, excludedLock }))).toEqual([
      "six 98 (index instead of lock, for --with)",
    ]);
  });

  resolverTest("around what the interpreter has already, within constraints, and with hashes", async () => {
    using index = indexOf({ "app 1.0": ["Requires-Dist: library"], "library 1.0": [], "library 2.0": [] });
    const present = new Map([["library", "1.0"]]);
    expect(summary(await resolveFor(["app"], { ...asked(index), present }))).toEqual(["app 1.0 (index, for --with)"]);
    const constraints = [
      requirement("library<2", "constraints.txt, line 1"),
      requirement("absent>9", "constraints.txt"),
    ];
    expect(summary(await resolveFor(["app"], { ...asked(index), constraints }))).toEqual([
      "library 1.0 (index, for app)",
      "app 1.0 (index, for --with)",
    ]);
    const hashes = [buildWheel({ name: "library", version: "1.0" }).sha256];
    const hashed = [{ ...requirement("library", "requirements.txt, line 1"), hashes }];
    const plan = await resolveFor(hashed, asked(index));
    expect(plan.packages.map(({ file }) => file.version)).toEqual(["1.0"]);
  });

  resolverTest("with a wheel named by its path or its address", async () => {
    await using scratch = await scratchDirectory();
    const wheel = buildWheel({ name: "own", version: "1.0", metadata: ["Requires-Dist: library"] });
    const path = join(scratch.path, wheel.fileName);
    await Bun.write(path, wheel.bytes);
    using index = indexOf({ "library 1.0": [], "own 2.0": [] });
    const expected = ["library 1.0 (index, for own)", "own 1.0 (index, for --with)"];
    for (const word of [path, `own @ ${pathToFileURL(path)}`, `${new URL(`../files/${wheel.fileName}`, index.url)}`]) {
      if (word.startsWith("http")) index.add(wheel);
      const plan = await resolveFor([word], asked(index));
      expect(summary(plan)).toEqual(expected);
      expect(plan.packages[1]?.file.sha256).toBe(wheel.sha256);
    }
  });
});

describe("what cannot be resolved is explained:", () => {
  resolverTest("two that exclude each other", async () => {
    using index = indexOf({
      "one 1.0": ["Requires-Dist: shared<2"],
      "two 1.0": ["Requires-Dist: shared>=2"],
      "shared 1.9": [],
      "shared 2.1": [],
    });
    expect(await failureOf(resolveFor(["one", "two"], asked(index)))).toBe(`no version fits all of these:
  one 1.0 needs shared<2
  two 1.0 needs shared>=2
  shared is there as 2.1, 1.9
→ ask for other versions of what needs it`);
    expect(await failureOf(resolveFor(["one", "shared>2"], asked(index)))).toBe(`no version fits all of these:
  --with needs shared>2
  one 1.0 needs shared<2
  shared is there as 2.1, 1.9
→ let go of a bound: 'shared>2' was asked for by --with`);
  });

  resolverTest("a name that nobody knows, with the indexes that were asked and the name that was meant", async () => {
    using index = indexOf({});
    expect(await failureOf(resolveFor(["reqeusts"], asked(index)))).toBe(`there is no package reqeusts (--with)
  woma's own distribution has none
  ${index.url} has none
→ did you mean 'requests'?`);
    const url = index.url.replace("//", "//user:hunter2@");
    expect(await failureOf(resolveFor(["abcdefghijk"], asked({ url })))).toBe(`there is no package abcdefghijk (--with)
  woma's own distribution has none
  ${index.url} has none
→ look at the spelling`);
  });

  resolverTest("versions that are not there, are for other Pythons, or were made for other platforms", async () => {
    using index = new TestIndex()
      .add(buildWheel({ name: "thing", version: "1.0" }))
      .add(buildWheel({ name: "thing", version: "2.0", tag: "cp314-cp314-win_amd64" }))
      .add(buildWheel({ name: "thing", version: "2.1" }), { requiresPython: "<3.12" })
      .add(buildWheel({ name: "native", version: "2.0", tag: "cp314-cp314-win_amd64" }));
    expect(await failureOf(resolveFor(["thing>=2"], asked(index)))).toBe(`no version of thing fits:
  --with needs thing>=2
  thing is there as 1.0
  thing 2.1 needs Python <3.12
  thing 2.0 has wheels for other platforms only
→ woma's Python is 3.14.2: ask for another version of thing`);
    expect(await failureOf(resolveFor(["native"], asked(index)))).toBe(`no file of native runs in woma:
  --with needs native
  native 2.0 has wheels for other platforms only
→ woma runs wheels of pure Python, and of C built for pyemscripten; look for another package that does the same`);
  });

  resolverTest("versions whose METADATA cannot be had, with a network and without", async () => {
    await using scratch = await scratchDirectory();
    const cache = openCache(join(scratch.path, "cache"));
    const wheel = buildWheel({ name: "app", version: "1.0" });
    using index = new TestIndex().add(
      { ...wheel, bytes: new Uint8Array([1, 2, 3]) },
      { sha256: sha256Of(new Uint8Array([1, 2, 3])) },
    );
    const notes: string[] = [];
    const lines = `no version of app can be used:
  --with needs app
  app 1.0 is left out: its METADATA cannot be had
→`;
    expect(await failureOf(resolveFor(["app"], { ...asked(index), notes }))).toBe(
      `${lines} look at the network and at the index that pip's settings name (PIP_INDEX_URL)`,
    );
    expect(notes).toEqual([`${new URL(`../files/${wheel.fileName}`, index.url)} is no wheel: it is no zip archive`]);
    await failureOf(resolveFor(["app>2"], { ...asked(index), cache }));
    const told: string[] = [];
    expect(await failureOf(resolveFor(["app"], { ...asked(index), cache, offline: true, notes: told }))).toBe(
      `${lines} leave out --offline, or fetch it beforehand with a network: woma install app`,
    );
    expect(told).toEqual([]);
  });

  resolverTest("a package of the lock that cannot be had, where no index has one that runs here", async () => {
    using index = new TestIndex()
      .add(buildWheel({ name: "jinja2", version: "3.1.6", metadata: ["Requires-Dist: markupsafe"] }))
      .add(buildWheel({ name: "markupsafe", version: "99.0", tag: "cp314-cp314-manylinux_2_17_x86_64" }));
    using mirror = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("", { status: 404 }) });
    const nobody = { HTTPS_PROXY: "http://127.0.0.1:9", NO_PROXY: "127.0.0.1" };
    const from = ({ url }: TestIndex) => ({
      environment: { PIP_INDEX_URL: url, ...nobody },
      excludedLock: new Set(["markupsafe"]),
      mirrors: [mirror.url.href],
    });
    const { version, fileName } = lock.packages.get("markupsafe") ?? {};
    const had = `markupsafe ${version} is in woma's distribution, and could not be fetched:
  ${mirror.url}${fileName}: did not give it`;
    const said = await failureOf(resolveFor(["jinja2>3"], from(index)));
    // The next is the distribution's own address.
    expect(said.replace(/^ {2}https:.*\n/m, "")).toBe(`${had}
and no index has a file of it that fits:
  jinja2 ${lock.packages.get("jinja2")?.version} needs markupsafe
  markupsafe 99.0 has wheels for other platforms only
→ look at the network, or name a place that has the distribution's files with --mirror (or WOMA_MIRROR)`);
    using empty = indexOf({});
    const unknown = await failureOf(resolveFor(["markupsafe"], from(empty)));
    expect(unknown.replace(/^ {2}https:.*\n/m, "")).toBe(`${had}
and no index has a file of it that fits:
  --with needs markupsafe
  ${empty.url} has no markupsafe
→ look at the network, or name a place that has the distribution's files with --mirror (or WOMA_MIRROR)`);
    // What the distribution has would not do either.
    expect(await failureOf(resolveFor(["markupsafe>90"], from(index)))).toStartWith(
      "no file of markupsafe runs in woma:",
    );
  });

  resolverTest("what is in use already and does not fit", async () => {
    using index = indexOf({ "library 2.0": [] });
    const present = new Map([["library", "1.0"]]);
    expect(await failureOf(resolveFor(["library>=2"], { ...asked(index), present }))).toBe(
      `library 1.0 is in use already, and does not fit:
  --with needs library>=2
→ name 'library' with the version you want where the program starts: --with, or its script metadata`,
    );
  });

  resolverTest("text that is no requirement", async () => {
    expect(await failureOf(resolveFor(["not a requirement!"]))).toStartWith(
      "'not a requirement!' (--with) is no requirement: ",
    );
    expect(await failureOf(resolveFor(["x @ git+https://example.com/x"]))).toStartWith(
      "'x @ git+https://example.com/x' (--with) names a file at an address",
    );
  });
});

describe("METADATA that means harm", () => {
  resolverTest("excludes its version, and no other", async () => {
    using index = indexOf({
      "marked 1.0": [],
      "marked 2.0": ['Requires-Dist: x ; python_version ~= "three"'],
      "malformed 1.0": [],
      "malformed 2.0": ["Requires-Dist: ???"],
      "addressed 1.0": [],
      "addressed 2.0": ["Requires-Dist: x @ https://example.com/x-1.0-py3-none-any.whl"],
      "disguised 1.0": [],
    });
    const other = buildWheel({ name: "other", version: "2.0" });
    index.add({ ...other, name: "disguised", fileName: "disguised-2.0-py3-none-any.whl" });
    const plan = await resolveFor(["marked", "malformed", "addressed", "disguised"], asked(index));
    expect(plan.packages.map(({ file }) => `${file.name} ${file.version}`)).toEqual([
      "addressed 1.0",
      "disguised 1.0",
      "malformed 1.0",
      "marked 1.0",
    ]);
  });

  resolverTest("in quantity ends the cell, in words", async () => {
    const needs = Array.from({ length: 400 }, (_, number) => `Requires-Dist: deep${number}`);
    using index = indexOf({ "deep 1.0": needs });
    expect(await failureOf(resolveFor(["deep"], asked(index)))).toStartWith("there is no package deep0 (deep 1.0)");
  });
});

describe("METADATA that names a file at an address", () => {
  resolverTest("excludes its version where that is needed, and nobody asks at the address", async () => {
    using elsewhere = new TestIndex().add(buildWheel({ name: "x", version: "1.0" }));
    const address = new URL("../files/x-1.0-py3-none-any.whl", elsewhere.url).href;
    using index = indexOf({
      "app 1.0": [`Requires-Dist: x @ ${address}`],
      "tool 1.0": [
        `Requires-Dist: x @ ${address} ; sys_platform == "win32"`,
        `Requires-Dist: x @ ${address} ; extra == "more"`,
      ],
      "x 1.0": [],
    });
    const said = await failureOf(resolveFor(["app"], asked(index)));
    expect(said.replaceAll(" @ ", "@")).toBe(`no version of app can be used:
  --with needs app
  app 1.0 is left out: it needs x@${address}, a file at an address, which is not fetched
→ look for another package that does the same`);
    expect(summary(await resolveFor(["tool"], asked(index)))).toEqual(["tool 1.0 (index, for --with)"]);
    expect((await failureOf(resolveFor(["tool[more]"], asked(index)))).replaceAll(" @ ", "@")).toBe(
      `'x@${address} ; extra == "more"' (tool[more] 1.0) names a file at an address, which woma does not install
→ name the package and its version, and the directory or page that has the file with PIP_FIND_LINKS`,
    );
    expect(elsewhere.requests).toEqual([]);
    expect(index.requests.filter((path) => path.includes("/x"))).toEqual([]);
  });
});

describe("METADATA comes out of wheels", () => {
  const contents = { name: "app", version: "1.0", metadata: ["Requires-Dist: library"] };

  resolverTest("that the cache has, without a request, whatever the network", async () => {
    await using scratch = await scratchDirectory();
    const cache = openCache(join(scratch.path, "cache"));
    const [app, library] = [buildWheel(contents), buildWheel({ name: "library", version: "1.0" })];
    using index = new TestIndex({ parts: true })
      .add(app)
      .add(library)
      .add(buildWheel({ name: "library", version: "2.0" }));
    for (const { name, fileName, sha256, bytes } of [app, library]) {
      const file = { name, version: "1.0", fileName, sha256, origin: "lock", url: null, bytes: null } as const;
      await keepReceived(file, bytes, { ...downloading(null, []), cache });
      (await fetchPackage(file, { ...downloading(null, [index.url]), cache })).close();
    }
    const plan = ["library 1.0 (index, for --with, app)", "app 1.0 (index, for --with)"];
    expect(summary(await resolveFor(["app", "library<2"], { ...asked(index), cache }))).toEqual(plan);
    expect(index.requests.toSorted()).toEqual(["/simple/app/", "/simple/library/"]);
    expect(summary(await resolveFor(["app", "library<1.5"], { ...asked(index), cache, offline: true }))).toEqual(plan);
    // The newest is not there.
    expect(summary(await resolveFor(["library"], { ...asked(index), cache, offline: true }))).toEqual([
      "library 1.0 (index, for --with)",
    ]);
    expect(index.requests).toHaveLength(2);
  });

  for (const [title, bytes] of [
    ["small", 10],
    ["large", 9_000_000],
  ] as const)
    resolverTest(`that have to be fetched whole, which then are in the cache: ${title} ones`, async () => {
      await using scratch = await scratchDirectory();
      const cache = openCache(join(scratch.path, "cache"));
      const wheel = buildWheel({ ...contents, files: { "app/data": randomBytes(bytes) } });
      using index = new TestIndex().add(wheel).add(buildWheel({ name: "library", version: "1.0" }));
      const plan = await resolveFor(["app"], { environment: { PIP_INDEX_URL: index.url }, cache });
      expect(summary(plan)).toEqual(["library 1.0 (index, for app)", "app 1.0 (index, for --with)"]);
      expect(cache.list().map(({ fileName }) => fileName)).toEqual([wheel.fileName, "library-1.0-py3-none-any.whl"]);
      // Of a large one, the answer to a question for a part is given up.
      const asked = index.requests.filter((path) => path.endsWith(wheel.fileName));
      expect(asked).toHaveLength(title === "small" ? 1 : 2);
    });

  resolverTest("that are what the index says, or not at all", async () => {
    await using scratch = await scratchDirectory();
    const cache = openCache(join(scratch.path, "cache"));
    using index = new TestIndex().add(buildWheel(contents), { sha256: "0".repeat(64) });
    expect(await failureOf(resolveFor(["app"], { ...asked(index), cache }))).toContain(`sha256 ${"0".repeat(64)}`);
    expect(cache.list()).toEqual([]);
  });
});

describe("a resolution", () => {
  resolverTest("is kept for a while, and for as long as there is no network", async () => {
    await using scratch = await scratchDirectory();
    const cache = openCache(join(scratch.path, "cache"));
    using index = indexOf({ "app 1.0": [] });
    const url = index.url.replace("//", "//user:hunter2@");
    const first = await resolveFor(["app"], { ...asked({ url }), cache });
    const requests = index.requests.length;
    const never = () => Promise.reject(new Error("a cell was started"));
    expect(await resolveFor(["app"], { ...asked({ url }), cache, resolveInCell: never })).toEqual(first);
    expect(await resolveFor(["app"], { ...asked({ url }), cache, offline: true, resolveInCell: never })).toEqual(first);
    expect(index.requests).toHaveLength(requests);
    expect(first.packages[0]?.file.url).toContain("hunter2");
    const kept = [...new Bun.Glob("**/*").scanSync(cache.directory)].map((name) =>
      Bun.file(join(cache.directory, name)).text(),
    );
    expect((await Promise.all(kept)).join("")).not.toContain("hunter2");
    expect(await failureOf(resolveFor(["app>=1"], { ...asked({ url }), cache, resolveInCell: never }))).toStartWith(
      "a cell was started",
    );
  });

  resolverTest("without network uses the pages that are kept", async () => {
    await using scratch = await scratchDirectory();
    const cache = openCache(join(scratch.path, "cache"));
    const wheel = buildWheel({ name: "app", version: "1.0" });
    using index = new TestIndex({ coreMetadata: true }).add(wheel);
    await resolveFor(["app"], { ...asked(index), cache });
    const requests = index.requests.length;
    expect(await failureOf(resolveFor(["absent"], { ...asked(index), cache, offline: true }))).toBe(
      `there is no package absent (--with)
  woma's own distribution has none
  ${index.url} no page of it is in the cache
→ woma looks at no index under --offline: leave it out`,
    );
    expect(index.requests).toHaveLength(requests);
  });

  resolverTest("ends when its signal is aborted, with the signal's reason", async () => {
    using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Promise<Response>(() => {}) });
    const reason = new Error("interrupted");
    const signal = AbortSignal.any([abortAfter(700, reason)]);
    const patience = { ...LITTLE_PATIENCE, stallMs: 30_000, connectMs: 30_000 };
    expect(await failureOf(resolveFor(["app"], { ...asked({ url: `${server.url}` }), signal, patience }))).toStartWith(
      "interrupted",
    );
  });
});

resolverTest("the cell tells micropip's default index before it was given anything", async () => {
  const said: string[] = [];
  const answers: ResolverAnswers = {
    defaultIndex: (url) => said.push(`default ${new URL(url).protocol}`),
    project: async (name) => {
      said.push(`project ${name}`);
      return null;
    },
    metadata: async () => null,
  };
  const task = {
    requirements: [{ text: "app", source: "--with", hashes: [] }],
    constraints: [],
    present: {},
    lock: {},
    preferred: {},
  };
  const command = {
    executable: await builtBinary(),
    leading: [],
    snapshotPath: undefined,
    confinement: "confined",
    urgency: "urgent",
  } as const;
  const answer = await resolveInCell(task, answers, { command, libc: openLibc(), signal: AbortSignal.timeout(30_000) });
  expect(said).toEqual(["default https:", "project app"]);
  expect(answer).toEqual({
    failure: {
      kind: "conflict",
      wanted: [{ text: "app", by: "--with", hashes: [] }],
      projects: [
        {
          name: "app",
          present: null,
          distributedFits: false,
          known: false,
          versions: [],
          excluded: {},
          otherHashes: {},
        },
      ],
    },
  });
});

function abortAfter(milliseconds: number, reason: Error): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), milliseconds);
  return controller.signal;
}
