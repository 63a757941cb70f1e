import { describe, expect, test } from "bun:test";
import type { IndexedFile } from "../../../src/pyodide-manager/index/index-page.ts";
import { loadLock } from "../../../src/pyodide-manager/lock.ts";
import { checkHashes, checkResolution, unknownExtras } from "../../../src/pyodide-manager/resolve/check-resolution.ts";
import { resolutionFailure } from "../../../src/pyodide-manager/resolve/resolution-failure.ts";

const lock = loadLock();
const six = lock.fileOf("six");
const indexed: IndexedFile = {
  fileName: "app-1.0-py3-none-any.whl",
  url: "https://index.example/app-1.0-py3-none-any.whl",
  sha256: "ab".repeat(32),
  requiresPython: null,
  yanked: null,
  metadata: null,
  bytes: null,
};
const offered = {
  lock,
  excludedLock: new Set(["numpy"]),
  listed: new Map([["app", new Map([[indexed.fileName, indexed]])]]),
  sources: new Set(["--with"]),
};
const app = { name: "app", version: "1.0", origin: "index", file: indexed.fileName, requiredBy: ["--with"] };
const ofLock = { name: "six", version: "1", origin: "lock", file: six.fileName, requiredBy: ["app", "<evil>", 1] };

test("a solver's answer is taken for what it was offered", () => {
  expect(checkResolution({ packages: [ofLock, app] }, offered)).toEqual([
    { name: "six", version: six.version, requiredBy: ["app"], indexed: null },
    { name: "app", version: "1.0", requiredBy: ["--with"], indexed },
  ]);
});

test("a file of another hash than was demanded is refused, whatever the solver says", () => {
  const wanted = [["aa"], ["bb"], []].map((hashes) => ({ text: "Six>1", source: "-r", hashes }));
  expect(() => checkHashes([{ ...six, sha256: "bb" }], wanted)).not.toThrow();
  expect(() => checkHashes([{ ...six, sha256: "cc" }], wanted)).toThrow(
    "a file of another hash than is demanded for six",
  );
  expect(() => checkHashes([six], wanted.slice(2))).not.toThrow();
});

describe("an answer is refused that names", () => {
  test.each([
    ["nothing", null, "no list of packages"],
    ["no list", { packages: {} }, "no list of packages"],
    ["too many packages", { packages: Array(10_001).fill(app) }, "no list of packages"],
    ["a package twice", { packages: [app, app] }, "a package twice"],
    ["no package", { packages: [{ ...app, file: 1 }] }, "no package"],
    ["a package of no name", { packages: [null] }, "no package"],
    [
      "a file that was not listed",
      { packages: [{ ...app, file: "app-2.0-py3-none-any.whl" }] },
      'a file that no index has for "app"',
    ],
    ["a file of another project", { packages: [{ ...app, name: "other" }] }, 'a file that no index has for "other"'],
    [
      "what every object has",
      { packages: [{ ...app, name: "constructor", file: "name" }] },
      "a file that no index has",
    ],
    [
      "another file for the lock's",
      { packages: [{ ...ofLock, file: "six.whl" }] },
      'a file that the lock does not have for "six"',
    ],
    [
      "a file of the lock that was left out",
      { packages: [{ ...ofLock, name: "numpy", file: lock.fileOf("numpy").fileName }] },
      'a file that the lock does not have for "numpy"',
    ],
  ])("%s", (_, answer, expected) => {
    expect(() => checkResolution(answer, offered)).toThrow(`the resolver answered ${expected}`);
  });
});

describe("a failure of any form becomes words without control characters", () => {
  const circumstances = { lock, asked: new Map(), offline: false, tried: new Map() };
  test.each([
    [{ kind: "conflict", wanted: "x", projects: null }, "nothing fits all that is asked for"],
    [{ kind: "conflict", projects: [null] }, "there is no package  ()"],
    [{ kind: "no such" }, "the resolver failed without a reason"],
    [null, "the resolver failed without a reason"],
    [
      { kind: "invalid", text: "\u001b[2Jx\n", by: "--with", reason: "y".repeat(1000) },
      `'[2Jx' (--with) is no requirement: ${"y".repeat(300)}`,
    ],
    [
      {
        kind: "conflict",
        wanted: [{ text: "a\u0007", by: {} }],
        projects: [{ name: "a", known: true, versions: ["1\r"], excluded: { "2\u001b": 3 } }],
      },
      "no version of a fits:\n   needs a\n  a is there as 1\n  a 2 ",
    ],
  ])("%j", (failure, expected) => {
    expect(resolutionFailure({ failure }, circumstances)?.message).toStartWith(expected);
  });

  test("and what is none is none", () => {
    expect(resolutionFailure({ packages: [] }, circumstances)).toBeNull();
    expect(resolutionFailure(null, circumstances)).toBeNull();
    expect(resolutionFailure("x", circumstances)).toBeNull();
  });
});

test("extras that are not there are told where they are names, and nothing else is", () => {
  const said = { name: "app", version: "1.0", extra: "none" };
  const unknown = [said, { ...said, extra: "x\u001b[2J" }, { ...said, version: 1 }, { name: "app" }, null, "x"];
  expect(unknownExtras({ unknownExtras: unknown })).toEqual([
    "app 1.0 has no extra 'none': nothing is installed for it",
  ]);
  for (const answer of [{}, null, { unknownExtras: "app" }]) expect(unknownExtras(answer)).toEqual([]);
});
