import { describe, expect, test } from "bun:test";
import { allowsPython } from "../../../src/pyodide-manager/resolve/python-version.ts";
import { scriptRequirements } from "../../../src/pyodide-manager/resolve/script-metadata.ts";

const read = (source: string) => scriptRequirements(source, "s.py").map(({ text }) => text);
function failure(source: string): string {
  try {
    return `read: ${read(source)}`;
  } catch (error) {
    return (error as Error).message;
  }
}

describe("script metadata", () => {
  test("is read wherever it stands, with what else a block may hold", () => {
    const source = `#!/usr/bin/env woma
import sys

# /// other
# dependencies = ["wrong"]
# ///
# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "requests<3",  # a comment
#   "rich",
# ]
#
# [tool.other]
# index = "x"
# ///
print("/// script")
`;
    expect(scriptRequirements(source, "s.py")).toEqual([
      { text: "requests<3", source: "s.py", hashes: [] },
      { text: "rich", source: "s.py", hashes: [] },
    ]);
    expect(read(source.replaceAll("\n", "\r\n"))).toEqual(["requests<3", "rich"]);
  });

  test.each([
    ["none", "print('# /// script')\n"],
    ["one with other words", "#/// script\n# dependencies = ['x']\n# ///\n"],
    ["one that is indented", "if 1:\n  # /// script\n  # dependencies = ['x']\n  # ///\n"],
    ["an empty one", "# /// script\n# ///\n"],
  ])("of %s names nothing", (_, source) => {
    expect(read(source)).toEqual([]);
  });

  test("ends at the last mark that only comments come before", () => {
    const text = "# /// script\n# note = '''\n# ///\n# '''\n# dependencies = ['x']\n# ///\n# the rest\n";
    expect(read(text)).toEqual(["x"]);
  });

  test.each([
    [
      "# /// script\n# dependencies = [\n# ///",
      "s.py, line 2: its metadata is no TOML: Unterminated array; expected ']'",
    ],
    ["\n# /// script\n# a = 1\n# b = = 2\n# ///", "s.py, line 4: its metadata is no TOML"],
    ["# /// script\n# dependencies = 'numpy'\n# ///", "s.py, line 1: its dependencies are no list of strings"],
    ["# /// script\n# dependencies = [1]\n# ///", "s.py, line 1: its dependencies are no list of strings"],
    ["x\n# /// script\n# dependencies = []\nprint()", "s.py, line 2: its metadata has no end: a line `# ///`"],
    ["# /// script\n# ///\n\n# /// script\n# ///", "s.py, line 4: a second `# /// script` is one too many"],
    ["# /// script\n# requires-python = '>=3.15'\n# ///", "s.py requires Python >=3.15, and woma's is 3.14.2"],
    [
      "# /// script\n# requires-python = 'three'\n# ///",
      's.py: its requires-python is "three", which bounds no versions',
    ],
    ["# /// script\n# requires-python = 3\n# ///", "s.py: its requires-python is 3, which bounds no versions"],
  ])("that is wrong says where: %j", (source, expected) => {
    expect(failure(source)).toStartWith(expected);
  });
});

test.each([
  [">=3.11", true],
  [">=3.11,<4", true],
  [" >= 3.14.2 ", true],
  [">3.14.2", false],
  ["<3.14", false],
  ["<=3.14", false],
  ["==3.14.*", true],
  ["==3.14", false],
  ["!=3.14.*", false],
  ["~=3.12", true],
  ["~=3.14.0", true],
  ["~=3.13.1", false],
  ["===3.14.2", true],
  ["", true],
  ["~=3", null],
  [">=3.14.*", null],
  [">=3.9 or so", null],
  ["3.14", null],
] as const)("Python 3.14.2 within %j: %j", (bounds, expected) => {
  expect(allowsPython(bounds, "3.14.2")).toBe(expected);
});
