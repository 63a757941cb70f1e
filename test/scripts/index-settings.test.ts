import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configuredIndexes } from "../../scripts/index-settings.ts";

// Files of this machine must not reach a test: the ones it writes come first in each list.
async function firstIndexes(
  count: number,
  files: Record<string, string>,
  environment: (directory: string) => Record<string, string>,
): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), "woma-settings-"));
  try {
    await Promise.all(Object.entries(files).map(([name, text]) => Bun.write(join(directory, name), text)));
    return (await configuredIndexes(environment(directory))).slice(0, count);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

test("the environment comes before files, and uv's names are dropped", async () => {
  const found = await firstIndexes(
    4,
    { "pip.conf": "[global]\nindex-url = https://file.example/simple\n" },
    (directory) => ({
      PIP_CONFIG_FILE: join(directory, "pip.conf"),
      UV_DEFAULT_INDEX: "inner=https://uv.example/simple",
      PIP_INDEX_URL: "https://pip.example/simple",
      PIP_EXTRA_INDEX_URL: "https://extra.example/simple not-a-url",
    }),
  );
  expect(found).toEqual([
    "https://uv.example/simple",
    "https://pip.example/simple",
    "https://extra.example/simple",
    "https://file.example/simple",
  ]);
});

test("pip.conf's continued lines, comments and other sections are read as pip reads them", async () => {
  const text = `
[freeze]
index-url = https://wrong.example/simple
[global]
# index-url = https://wrong.example/simple
index-url: https://one.example/simple
extra-index-url =
    https://two.example/simple
    https://three.example/simple
`;
  const found = await firstIndexes(3, { "pip.conf": text }, (directory) => ({
    PIP_CONFIG_FILE: join(directory, "pip.conf"),
  }));
  expect(found).toEqual(["https://one.example/simple", "https://two.example/simple", "https://three.example/simple"]);
});

test("uv.toml's indexes are read", async () => {
  const text = `
extra-index-url = ["https://two.example/simple"]
[[index]]
url = "https://one.example/simple"
default = true
`;
  const found = await firstIndexes(2, { "uv.toml": text }, (directory) => ({
    UV_CONFIG_FILE: join(directory, "uv.toml"),
    PIP_CONFIG_FILE: "/dev/null",
  }));
  expect(found).toEqual(["https://one.example/simple", "https://two.example/simple"]);
});
