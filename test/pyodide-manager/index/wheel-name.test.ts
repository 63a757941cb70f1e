import { expect, test } from "bun:test";
import { parseWheelName, rankOf, sourceVersion, tagRanks } from "../../../src/pyodide-manager/index/wheel-name.ts";
import { loadLock } from "../../../src/pyodide-manager/lock.ts";
import { noCorePackages } from "../../support/core.ts";
import { testUnless } from "../../support/loud-skip.ts";
import { runWoma } from "../../support/woma.ts";

const platforms = loadLock().platforms;
const ranks = tagRanks(platforms);

test("a wheel's name says what it is of", () => {
  expect(parseWheelName("Ruamel.YAML-0.18_1-2b-cp314.py3-abi3-any.win32.whl")).toEqual({
    name: "ruamel-yaml",
    version: "0.18_1",
    build: "2b",
    tags: ["cp314-abi3-any", "cp314-abi3-win32", "py3-abi3-any", "py3-abi3-win32"],
  });
  for (const name of [
    "x.whl",
    "x-1.0.tar.gz",
    "x-1.0-py3-none.whl",
    "../x-1.0-py3-none-any.whl",
    "x-1.0-py3-none-any.whl.exe",
  ])
    expect(parseWheelName(name)).toBeNull();
});

test("a source archive's name says its version", () => {
  expect(sourceVersion("ruamel.yaml-1.0.tar.gz", "ruamel-yaml")).toBe("1.0");
  expect(sourceVersion("some-thing-1.0.zip", "some-thing")).toBe("1.0");
  expect(sourceVersion("other-1.0.tar.gz", "thing")).toBeNull();
  expect(sourceVersion("thing-1.0.exe", "thing")).toBeNull();
});

test("wheels for other interpreters and platforms have no rank", () => {
  const rank = (tags: string) => {
    const wheel = parseWheelName(`x-1-${tags}.whl`);
    return wheel === null ? null : rankOf(wheel, ranks);
  };
  for (const tags of [
    "cp313-cp313-pyemscripten_2026_0_wasm32",
    "cp314-cp314t-pyemscripten_2026_0_wasm32",
    "cp314-cp314-pyodide_2025_0_wasm32",
    "cp315-abi3-pyemscripten_2026_0_wasm32",
    "py2-none-any",
    "py315-none-any",
    "pp311-none-any",
  ])
    expect({ tags, rank: rank(tags) }).toEqual({ tags, rank: null });
  expect(rank("py2.py3-none-any")).toBe(rank("py3-none-any"));
});

testUnless(await noCorePackages(), "the tags that fit are the interpreter's own, in its order", async () => {
  const code = "from packaging.tags import sys_tags; print(*sys_tags(), sep='\\n')";
  const { stdout } = await runWoma(["-c", code]);
  expect([...ranks.keys()]).toEqual(stdout.trim().split("\n"));
});
