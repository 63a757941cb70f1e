import { describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { readRequirementsFile } from "../../../src/pyodide-manager/resolve/requirements-file.ts";
import { scratchDirectory } from "../../support/woma.ts";

const HASH = "ab".repeat(32);

/** What comes of `requirements.txt` among these files; places are named without the directory. */
async function read(files: Readonly<Record<string, string>>, variables: Readonly<Record<string, string>> = {}) {
  await using scratch = await scratchDirectory();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(scratch.path, name)), { recursive: true });
    await Bun.write(join(scratch.path, name), text);
  }
  const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll(`${scratch.path}/`, ""));
  try {
    const { requirements, constraints, sources } = readRequirementsFile(
      join(scratch.path, "requirements.txt"),
      variables,
    );
    return plain({ requirements, constraints, sources });
  } catch (error) {
    const { message, hint } = error as Error & { hint?: string };
    return plain(`${message} → ${hint}`);
  }
}

const NOTHING = { index: null, extraIndexes: null, findLinks: null, noIndex: null, certificates: null };
const required = (text: string, source: string, hashes: readonly string[] = []) => ({ text, source, hashes });

test("requirements are read as pip reads them", async () => {
  const text = `\ufeff# a comment
requests[socks] >= 2.31 , < 3   # another
pandas ; python_version >= "3.9"
url-like#not-a-comment
nothing \\
  == 1.0
\${NAME}-\${ABSENT}

   # indented
last\r
`;
  expect(await read({ "requirements.txt": text }, { NAME: "named" })).toEqual({
    requirements: [
      required("requests[socks] >= 2.31 , < 3", "requirements.txt, line 2"),
      required('pandas ; python_version >= "3.9"', "requirements.txt, line 3"),
      required("url-like#not-a-comment", "requirements.txt, line 4"),
      required("nothing   == 1.0", "requirements.txt, line 5"),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: what is not set stays as it is
      required("named-${ABSENT}", "requirements.txt, line 7"),
      required("last", "requirements.txt, line 10"),
    ],
    constraints: [],
    sources: NOTHING,
  });
});

test("hashes belong to their requirement, over several lines", async () => {
  const text = `one==1.0 \\\n    --hash=sha256:${HASH} \\\n    --hash=sha256:${HASH.toUpperCase()}\n`;
  expect(await read({ "requirements.txt": text })).toMatchObject({
    requirements: [required("one==1.0", "requirements.txt, line 1", [HASH, HASH])],
  });
});

test("files name other files, beside themselves, and constraints", async () => {
  const files = {
    "requirements.txt": "-r more/base.txt\n-c limits.txt\napp",
    "more/base.txt": "--requirement=deeper.txt\nbase\n",
    "more/deeper.txt": "deeper",
    "limits.txt": "-r more/limits.txt\nbase<2",
    "more/limits.txt": "deeper<3",
  };
  expect(await read(files)).toMatchObject({
    requirements: [
      required("deeper", "more/deeper.txt, line 1"),
      required("base", "more/base.txt, line 2"),
      required("app", "requirements.txt, line 3"),
    ],
    constraints: [required("deeper<3", "more/limits.txt, line 1"), required("base<2", "limits.txt, line 2")],
  });
});

test("where packages are to be had is read, the last index winning", async () => {
  const text = `
-i https://one.example/simple
--index-url https://two.example/simple
--extra-index-url=https://extra.example/simple
--extra-index-url https://more.example/simple
-f wheels
--find-links https://links.example/
--no-index
--prefer-binary
--only-binary :all:
`;
  expect(await read({ "requirements.txt": text })).toEqual({
    requirements: [],
    constraints: [],
    sources: {
      ...NOTHING,
      index: "https://two.example/simple",
      extraIndexes: ["https://extra.example/simple", "https://more.example/simple"],
      findLinks: ["wheels", "https://links.example/"],
      noIndex: true,
    },
  });
});

test("wheels are named by their paths and addresses", async () => {
  const lines = [
    "./x-1.0-py3-none-any.whl",
    "/a/x-1.0-py3-none-any.whl[extra] ; python_version > '3'",
    `x @ https://example.com/x-1.0-py3-none-any.whl#sha256=${HASH}`,
  ];
  expect(await read({ "requirements.txt": lines.join("\n") })).toMatchObject({
    requirements: lines.map((line, index) => required(line, `requirements.txt, line ${index + 1}`)),
  });
});

describe("what makes no sense here is refused by name:", () => {
  test.each([
    ["a\n-e .", "requirements.txt, line 2: -e .: woma installs wheels only, nothing editable"],
    [
      "--editable=git+https://example.com/x",
      "requirements.txt, line 1: --editable git+https://example.com/x: woma installs wheels only, nothing editable",
    ],
    [
      "a\ngit+https://example.com/x.git#egg=x",
      "requirements.txt, line 2: 'git+https://example.com/x.git#egg=x' names sources: woma installs wheels only",
    ],
    ["./here", "requirements.txt, line 1: './here' names sources: woma installs wheels only"],
    ["/a/x-1.0.tar.gz", "requirements.txt, line 1: '/a/x-1.0.tar.gz' names sources: woma installs wheels only"],
    [
      "x[y] @ https://example.com/x.zip ; python_version > '3'",
      "requirements.txt, line 1: 'x[y] @ https://example.com/x.zip ; python_version > '3'' names sources: woma installs wheels only",
    ],
    ["a\n--no-binary :all:", "requirements.txt, line 2: woma does not know the option --no-binary"],
    ["--pre", "requirements.txt, line 1: woma does not know the option --pre"],
    [
      "-r https://example.com/r.txt",
      "requirements.txt, line 1: --requirement https://example.com/r.txt is on the network",
    ],
    ["a --hash=md5:00", "requirements.txt, line 1: woma does not know '--hash=md5:00'"],
    ["a --global-option=x", "requirements.txt, line 1: woma does not know '--global-option=x'"],
    [`a --hash=sha256:${HASH}\nb`, "requirements.txt, line 2: 'b' has no --hash, and others have"],
    ["--require-hashes\nb", "requirements.txt, line 2: 'b' has no --hash, and others have"],
    ["-r absent.txt", "cannot read absent.txt: there is no such file"],
    ["-r requirements.txt", "requirements.txt names itself, by way of others"],
  ])("%j", async (text, expected) => {
    const said = await read({ "requirements.txt": text });
    expect(String(said).split(" → ")[0]).toBe(expected);
  });
});
