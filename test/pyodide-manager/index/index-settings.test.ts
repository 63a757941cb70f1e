import { describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  configuredIndexes,
  type IndexSettings,
  readCertificatesPath,
  readIndexSettings,
} from "../../../src/pyodide-manager/index/index-settings.ts";
import { failureOf } from "../../support/resolving.ts";
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
      PIP_EXTRA_INDEX_URL: "https://one.example/simple https://two.example/simple",
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
});

describe("what cannot be understood is no silent way to another index:", () => {
  test("files that pip and uv would refuse", async () => {
    await using home = await scratchDirectory();
    const [pip, uv] = [join(home.path, "pip.conf"), join(home.path, "uv.toml")];
    const refusal = async (files: { readonly pip?: string; readonly uv?: string }) => {
      await Bun.write(pip, files.pip ?? "");
      await Bun.write(uv, files.uv ?? "");
      return failureOf(readIndexSettings({ HOME: home.path, PIP_CONFIG_FILE: pip, UV_CONFIG_FILE: uv }));
    };
    const ofPip = `cannot use pip's configuration file ${pip}:`;
    const withoutPip = "→ put it right; with PIP_CONFIG_FILE=/dev/null none of pip's is read";
    expect(await refusal({ pip: "\n garbage[[[ \n" })).toBe(
      `${ofPip} line 2 stands before any [section]\n${withoutPip}`,
    );
    expect(await refusal({ pip: "[global]\nindex-url = https://a.example/\nhunter2\n" })).toBe(
      `${ofPip} line 3 is neither a [section] nor 'name = value'\n${withoutPip}`,
    );
    const ofUv = `cannot use uv's configuration file ${uv}:`;
    const withoutUv = "→ put it right; with UV_NO_CONFIG=1 none of uv's is read";
    expect(await refusal({ uv: "garbage[[[" })).toBe(
      `${ofUv} it is no TOML: Expected '=' after a key but found '['\n${withoutUv}`,
    );
    const keys = { "index-url": "3", "extra-index-url": "[1]", index: '"x"', "no-index": '"yes"', pip: "1" };
    for (const [key, value] of Object.entries(keys)) {
      expect(await refusal({ uv: `${key} = ${value}` })).toBe(
        `${ofUv} '${key}' is not what uv has there\n${withoutUv}`,
      );
    }
  });

  test("files that are named and are not there", async () => {
    const environment = (name: string) => ({ ...EMPTY, UV_NO_CONFIG: "", HOME: "/nowhere", [name]: "/nowhere/file" });
    expect(await failureOf(readIndexSettings(environment("PIP_CONFIG_FILE")))).toBe(
      "cannot read pip's configuration file /nowhere/file: no such file\n→ PIP_CONFIG_FILE names it",
    );
    expect(await failureOf(readIndexSettings(environment("UV_CONFIG_FILE")))).toBe(
      "cannot read uv's configuration file /nowhere/file: no such file\n→ UV_CONFIG_FILE names it",
    );
  });

  test("places that are neither URLs nor directories, without their passwords", async () => {
    const refusal = (environment: Readonly<Record<string, string>>) =>
      failureOf(readIndexSettings({ ...EMPTY, ...environment }));
    const neither = "which is neither a URL nor a directory";
    const hint = "→ packages are had from https:, http: and file: URLs, and from paths";
    expect(await refusal({ PIP_INDEX_URL: "not a url" })).toBe(`PIP_INDEX_URL names 'not a url', ${neither}\n${hint}`);
    expect(await refusal({ PIP_INDEX_URL: "https://me:hunter2@a b/simple?token=hunter2" })).toBe(
      `PIP_INDEX_URL names 'https://a b/simple', ${neither}\n${hint}`,
    );
    expect(await refusal({ UV_EXTRA_INDEX_URL: "https://a.example/ me:hunter2@b.example/simple" })).toBe(
      `UV_EXTRA_INDEX_URL names 'b.example/simple', ${neither}\n${hint}`,
    );
    expect(await refusal({ UV_DEFAULT_INDEX: "own=ftp://me:hunter2@a.example/" })).toBe(
      `UV_DEFAULT_INDEX names 'ftp://a.example/', ${neither}\n${hint}`,
    );
    expect(await refusal({ PIP_FIND_LINKS: "nowhere/wheels" })).toBe(
      `PIP_FIND_LINKS names 'nowhere/wheels', ${neither}\n${hint}`,
    );
    await using home = await scratchDirectory();
    const file = join(home.path, "pip.conf");
    await Bun.write(file, "[global]\nindex-url = default\n");
    expect(await refusal({ PIP_CONFIG_FILE: file })).toBe(`${file} names 'default', ${neither}\n${hint}`);
    // What is not asked may be anything, and so may all of it for who wants only the certificates.
    expect((await settingsOf({ environment: { PIP_INDEX_URL: "not a url", PIP_NO_INDEX: "1" } })).indexes).toEqual([]);
    expect(await readCertificatesPath({ ...EMPTY, PIP_INDEX_URL: "not a url", PIP_CERT: "/opt/a.pem" })).toBe(
      "/opt/a.pem",
    );
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
