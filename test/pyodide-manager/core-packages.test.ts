import { expect, test } from "bun:test";
import { pinnedWheels } from "../../scripts/core-pins.ts";
import { CORE_VERSIONS } from "../../src/pyodide-manager/core-packages.ts";

test("the packages of the core are known by the versions that the build pins", () => {
  expect([...CORE_VERSIONS]).toEqual(pinnedWheels.map(({ name, version }) => [name, version]));
});
