import { expect, test } from "bun:test";
import lock from "pyodide/pyodide-lock.json" with { type: "json" };
import { pinnedWheels } from "../../scripts/core-pins.ts";
import { defaultIndexIn } from "../../scripts/default-index.ts";

test("the core's versions are the lock's, so that a package from the lock finds what it was built with", () => {
  const packages: Record<string, { version: string } | undefined> = lock.packages;
  const inLock = pinnedWheels.filter(({ name }) => packages[name]);
  expect(inLock.map(({ name }) => name)).toEqual(["micropip", "packaging", "pyodide-http", "tzdata"]);
  expect(inLock.map(({ version }) => version)).toEqual(inLock.map(({ name }) => packages[name]?.version ?? ""));
});

test("micropip's default index is read from its source, by name or as it stands", () => {
  expect(defaultIndexIn('X = "https://one.example/simple"\nDEFAULT_INDEX_URLS = [X]\n')).toBe(
    "https://one.example/simple",
  );
  expect(defaultIndexIn("DEFAULT_INDEX_URLS = ['https://two.example/simple', X]\n")).toBe("https://two.example/simple");
  expect(() => defaultIndexIn("INDEX = 1")).toThrow("no longer shows");
});
