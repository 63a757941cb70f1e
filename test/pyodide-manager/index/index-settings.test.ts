import { describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  configuredIndexes,
  type IndexSettings,
  readIndexSettings,
} from "../../../src/pyodide-manager/index/index-settings.ts";
import { scratchDirectory } from "../../support/woma.ts";

interface Given {
  readonly pip?: string;
  readonly uv?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What is read of these files and variables; no file of this machine's is among them. */
async function settingsOf({ pip, uv, environment = {} }: Given): Promise<IndexSettings> {
  await using home = await scratchDirectory();
  for (const [name, text] of [
    ["pip.conf", pip],
    ["uv.toml", uv],
  ] as const) {
    if (text === undefined) continue;
    mkdirSync(dirname(join(home.path, name)), { recursive: true });
    await Bun.write(join(home.path, name), text);
  }
  return await readIndexSettings({
    HOME: home.path,
    PIP_CONFIG_FILE: pip === undefined ? "/dev/null" : join(home.path, "pip.conf"),
    ...(uv === undefined ? { UV_NO_CONFIG: "1" } : { UV_CONFIG_FILE: join(home.path, "uv.toml") }),
    ...environment,
  });
}

const DEFAULT: IndexSettings = { indexes: ["default"], findLinks: [], certificates: null };

test("without settings there is micropip's default index", async () => {
  expect(await settingsOf({})).toEqual(DEFAULT);
});

describe("pip's", () => {
  test("variables name an index, others before it, links and certificates", async () => {
    const environment = {
      PIP_INDEX_URL: "https://main.example/simple",
      PIP_EXTRA_INDEX_URL: "https://one.example/simple not-a-url https://two.example/simple",
      PIP_FIND_LINKS: "https://links.example/ /opt/links",
      PIP_CERT: "/etc/authorities.pem",
    };
    expect(await settingsOf({ environment })).toEqual({
      indexes: ["https://one.example/simple", "https://two.example/simple", "https://main.example/simple"],
      findLinks: ["https://links.example/", "file:///opt/links"],
      certificates: "/etc/authorities.pem",
    });
  });

  test("file is read as pip reads it: continued lines, comments, either separator, sections of other commands", async () => {
    const pip = `
[freeze]
index-url = https://wrong.example/simple
[global]
# index-url = https://wrong.example/simple
index-url: https://main.example/simple
extra-index-url =
    https://one.example/simple
    https://two.example/simple
find_links = /opt/links
cert = /etc/authorities.pem
[install]
index-url = https://install.example/simple
`;
    expect(await settingsOf({ pip })).toEqual({
      indexes: ["https://one.example/simple", "https://two.example/simple", "https://install.example/simple"],
      findLinks: ["file:///opt/links"],
      certificates: "/etc/authorities.pem",
    });
  });

  test("variables replace what its file says, each its own", async () => {
    const pip = "[global]\nindex-url = https://file.example/simple\nextra-index-url = https://extra.example/simple\n";
    const environment = { PIP_INDEX_URL: "https://variable.example/simple" };
    expect((await settingsOf({ pip, environment })).indexes).toEqual([
      "https://extra.example/simple",
      "https://variable.example/simple",
    ]);
  });

  test("no-index leaves links alone", async () => {
    const pip = "[global]\nno-index = true\nindex-url = https://file.example/simple\nfind-links = /opt/links\n";
    expect(await settingsOf({ pip })).toMatchObject({ indexes: [], findLinks: ["file:///opt/links"] });
    expect((await settingsOf({ environment: { PIP_NO_INDEX: "1" } })).indexes).toEqual([]);
    expect((await settingsOf({ environment: { PIP_NO_INDEX: "false" } })).indexes).toEqual(["default"]);
  });

  test("extra indexes come before the default one when there is no other", async () => {
    const environment = { PIP_EXTRA_INDEX_URL: "file:///opt/index" };
    expect((await settingsOf({ environment })).indexes).toEqual(["file:///opt/index", "default"]);
  });
});

describe("uv's", () => {
  test("variables name indexes, with names of their own or without", async () => {
    const environment = {
      UV_DEFAULT_INDEX: "inner=https://main.example/simple",
      UV_INDEX: "https://one.example/simple two=https://two.example/simple",
      PIP_INDEX_URL: "https://pip.example/simple",
    };
    expect((await settingsOf({ environment })).indexes).toEqual([
      "https://one.example/simple",
      "https://two.example/simple",
      "https://main.example/simple",
    ]);
  });

  test("file lists indexes, of which explicit ones are for projects", async () => {
    const uv = `
extra-index-url = ["https://two.example/simple"]
find-links = ["/opt/links"]
[[index]]
url = "https://main.example/simple"
default = true
[[index]]
url = "https://one.example/simple"
[[index]]
url = "https://torch.example/simple"
explicit = true
`;
    expect(await settingsOf({ uv })).toEqual({
      indexes: ["https://one.example/simple", "https://two.example/simple", "https://main.example/simple"],
      findLinks: ["file:///opt/links"],
      certificates: null,
    });
  });

  test("file that is no TOML says nothing", async () => {
    expect(await settingsOf({ uv: "index = [" })).toEqual(DEFAULT);
  });
});

test("what a requirements file says comes before all of them", async () => {
  const environment = { ...EMPTY, PIP_INDEX_URL: "https://pip.example/simple", PIP_FIND_LINKS: "/opt/links" };
  expect(
    await readIndexSettings(environment, { index: "https://file.example/simple", findLinks: ["/srv/links"] }),
  ).toEqual({
    indexes: ["https://file.example/simple"],
    findLinks: ["file:///srv/links"],
    certificates: null,
  });
});

test("the build asks those that are configured, and finds the default by itself", async () => {
  expect(await configuredIndexes({ ...EMPTY, PIP_EXTRA_INDEX_URL: "https://one.example/simple" })).toEqual([
    "https://one.example/simple",
  ]);
});

/** Where no file of this machine's is read. */
const EMPTY = { PIP_CONFIG_FILE: "/dev/null", UV_NO_CONFIG: "1" };
