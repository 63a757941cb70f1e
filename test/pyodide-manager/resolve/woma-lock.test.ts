import { describe, expect, test } from "bun:test";
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HashMismatchError } from "../../../src/pyodide-manager/download/download-error.ts";
import { loadLock } from "../../../src/pyodide-manager/lock.ts";
import type { PackageSettings } from "../../../src/pyodide-manager/package-settings.ts";
import { lockedMismatch, lockedPlan } from "../../../src/pyodide-manager/resolve/locked-plan.ts";
import type { Plan } from "../../../src/pyodide-manager/resolve/plan.ts";
import { requirement } from "../../../src/pyodide-manager/resolve/requirement.ts";
import {
  findWomaLock,
  parseWomaLock,
  planFromWomaLock,
  unlocked,
} from "../../../src/pyodide-manager/resolve/woma-lock.ts";
import { formatWomaLock, writeWomaLock } from "../../../src/pyodide-manager/resolve/write-woma-lock.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { failureOf } from "../../support/resolving.ts";
import { scratchDirectory } from "../../support/woma.ts";

const HASH = "ab".repeat(32);
const DISTRIBUTION = new URL("https://distribution.example/full/");
const six = loadLock().fileOf("six");

const plan: Plan = {
  packages: [
    { file: six, requiredBy: ["app"], why: "lock" },
    {
      file: {
        name: "app",
        version: "1.0+local",
        fileName: "app-1.0+local-py3-none-any.whl",
        sha256: HASH,
        origin: "index",
        url: `https://user:hunter2@index.example/app-1.0%2Blocal-py3-none-any.whl#sha256=${HASH}`,
        bytes: 123,
      },
      requiredBy: ["--with"],
      why: "index",
    },
  ],
  notes: [],
};
const asked = [requirement("app[fast] >=1", "--with")];
const text = formatWomaLock(plan, asked, DISTRIBUTION);

test("woma.lock is a pylock.toml with what woma knows besides, and no password", () => {
  expect(text).toBe(`# Written by \`woma --lock\`; \`woma --locked\` takes these files and no others.
lock-version = "1.0"
environments = ["sys_platform == 'emscripten'"]
requires-python = "==3.14.*"
created-by = "woma"

[[packages]]
name = "app"
version = "1.0+local"
dependencies = [{ name = "six" }]

[[packages.wheels]]
name = "app-1.0+local-py3-none-any.whl"
url = "https://index.example/app-1.0%2Blocal-py3-none-any.whl"
size = 123
hashes = { sha256 = "${HASH}" }

[packages.tool.woma]
why = "index"

[[packages]]
name = "six"
version = "${six.version}"

[[packages.wheels]]
name = "${six.fileName}"
url = "https://distribution.example/full/${six.fileName}"
hashes = { sha256 = "${six.sha256}" }

[packages.tool.woma]
why = "lock"

[tool.woma]
pyodide = "314.0.3"
requirements = ["app[fast] >=1"]
`);
});

describe("what was locked", () => {
  const lock = parseWomaLock("woma.lock", text);

  test("is chosen again, with the credentials that the user has for the index", () => {
    const again = planFromWomaLock(lock, asked, ["https://user:hunter2@index.example/simple"]);
    expect(again?.packages.map(({ file }) => file)).toEqual([
      six,
      {
        ...(plan.packages[1]?.file ?? six),
        url: "https://user:hunter2@index.example/app-1.0%2Blocal-py3-none-any.whl",
      },
    ]);
    expect(again?.packages.map(({ requiredBy, why }) => ({ requiredBy, why }))).toEqual([
      { requiredBy: ["app"], why: "lock" },
      { requiredBy: ["--with"], why: "index" },
    ]);
  });

  test("is only as much of it as is asked for, and names are enough", () => {
    const names = (words: readonly string[]) =>
      planFromWomaLock(
        lock,
        words.map((word) => requirement(word, "--with")),
      )?.packages.map(({ file }) => file.name);
    expect(names(["Six"])).toEqual(["six"]);
    expect(names(["app", "six"])).toEqual(["six", "app"]);
    expect(names(["app[fast]>=1"])).toEqual(["six", "app"]);
    expect(names(["app>=2"])).toBeUndefined();
    expect(names(["other"])).toBeUndefined();
    expect(unlocked(lock, [requirement("other", "s.py"), requirement("six", "s.py")])).toEqual([
      requirement("other", "s.py"),
    ]);
  });

  test("is found in the first directory that has it, as it was written", async () => {
    await using scratch = await scratchDirectory();
    const [one, two] = [join(scratch.path, "one"), join(scratch.path, "two")];
    for (const directory of [one, two]) mkdirSync(directory);
    expect(findWomaLock([one, two])).toBeNull();
    const path = await writeWomaLock(two, plan, asked);
    expect(findWomaLock([one, two, "/nowhere"])?.path).toBe(path);
    expect(findWomaLock([two])?.packages).toEqual(lock.packages);
  });
});

describe("a woma.lock that is broken, or another's, says so:", () => {
  const change = (from: string | RegExp, to: string) => text.replace(from, to);
  test.each([
    ["no TOML", "x = = 1", "cannot use woma.lock: it is no TOML"],
    ["another format", change('"1.0"', '"2.0"'), "cannot use woma.lock: it is not of lock-version 1.0"],
    [
      "another distribution",
      change('"314.0.3"', '"315.0.0"'),
      "cannot use woma.lock: it is for Pyodide 315.0.0, and this woma has 314.0.3",
    ],
    [
      "no hash",
      change(HASH, "00"),
      'cannot use woma.lock: its package "app" has no version, or no wheel with a sha256',
    ],
    [
      "a path for a name",
      change("app-1.0+local-py3-none-any.whl", "../../app.whl"),
      'cannot use woma.lock: its package "app" has no version, or no wheel with a sha256',
    ],
    [
      "another version than its file's",
      change('version = "1.0+local"', 'version = "1.1"'),
      "cannot use woma.lock: its package app is of version 1.1, and has the file app-1.0+local-py3-none-any.whl",
    ],
    [
      "no address",
      change(/url = "https:\/\/index.*"/, 'url = "javascript:x"'),
      "cannot use woma.lock: its package app has no address",
    ],
  ])("%s", (_, broken, expected) => {
    expect(() => parseWomaLock("woma.lock", broken)).toThrow(expected);
  });
});

testUnless(
  notOnLinux,
  "a lock that is no file, or has no end, is refused at once; a link to a lock is one",
  async () => {
    await using scratch = await scratchDirectory();
    const path = join(scratch.path, "woma.lock");
    const attempt = (make: () => void) => {
      rmSync(path, { force: true });
      make();
      try {
        return findWomaLock([scratch.path])?.packages.size;
      } catch (error) {
        return (error as Error).message;
      }
    };
    writeFileSync(join(scratch.path, "real"), text);
    expect(attempt(() => symlinkSync("real", path))).toBe(2);
    expect(attempt(() => symlinkSync("/dev/zero", path))).toBe(`cannot use ${path}: it is no file`);
    expect(attempt(() => void Bun.spawnSync(["mkfifo", path]))).toBe(`cannot use ${path}: it is no file`);
    const large = () => {
      writeFileSync(path, text);
      truncateSync(path, 2 ** 24 + 1);
    };
    expect(attempt(large)).toBe(`cannot use ${path}: it has 16777217 bytes, over 16777216`);
    rmSync(path);
  },
);

describe("a woma.lock whose hash was changed says so:", () => {
  const other = "f".repeat(64);
  const surroundings = {
    lock: loadLock(),
    settings: { indexEnvironment: { PIP_CONFIG_FILE: "/dev/null", UV_NO_CONFIG: "1" } } as unknown as PackageSettings,
    present: new Map(),
    excludedLock: new Set<string>(),
  };

  test("that of the distribution's file", async () => {
    const womaLock = parseWomaLock("woma.lock", text.replace(six.sha256, other));
    expect(await failureOf(lockedPlan(asked, { womaLock, isLocked: false }, surroundings))).toBe(
      `cannot use woma.lock: it has six ${six.version} with sha256 ${other}, and the distribution has ${six.version} with sha256 ${six.sha256}
→ write it anew with --lock, or take it away`,
    );
  });

  test("that of an index's, once the file has come", async () => {
    const womaLock = parseWomaLock("woma.lock", text.replace(HASH, other));
    const locked = await lockedPlan(asked, { womaLock, isLocked: true }, surroundings);
    const [, app] = locked?.packages ?? [];
    const error = new HashMismatchError({
      file: app?.file ?? six,
      reports: [{ label: "there", reason: "other bytes" }],
    });
    expect(await failureOf(Promise.reject(lockedMismatch(error, locked ?? plan)))).toBe(
      `cannot fetch app 1.0+local (app-1.0+local-py3-none-any.whl)
  there: other bytes
  expected: sha256 ${other} in woma.lock
→ the file was changed, or woma.lock was: where you trust the file, write the lock anew with --lock`,
    );
    expect(lockedMismatch(error, plan)).toBe(error);
  });
});
