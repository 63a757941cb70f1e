/** The attacker asks for modules and data by names that lead out of the program's directory. */

import { expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { builtBinary } from "../../support/binary.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { javascriptOf, pythonOf } from "../support/cells.ts";
import { hostileBinary } from "../support/hostile-binary.ts";
import { javascriptPart, toldIn } from "../support/parts.ts";
import { run } from "../support/run.ts";
import { scratchForFile } from "../support/scratch.ts";

const scratch = scratchForFile();
const beside = `${scratch}/program`;
mkdirSync(`${beside}/package`, { recursive: true });
writeFileSync(`${scratch}/secret.py`, "SECRET = 1");
writeFileSync(`${beside}/neighbour.py`, "OWN = 1");
writeFileSync(`${beside}/package/__init__.py`, "");
writeFileSync(`${beside}/package/data`, "own data");

const part = javascriptPart(
  ({ ask, given }) => {
    const secret = `${given["scratch"]}/secret`;
    const names = [
      "neighbour",
      "../secret",
      "..secret",
      ".secret",
      secret,
      "package/../../secret",
      "package...secret",
      "",
    ];
    const paths = [
      "data",
      "../../secret.py",
      `${secret}.py`,
      "./../../secret.py",
      "data/../../../secret.py",
      "/etc/passwd",
    ];
    return JSON.stringify([
      names.map((name) => ask({ op: "module", name })["kind"]),
      paths.map((path) => ask({ op: "resource", package: "package", path })["text"] ?? null),
      ask({ op: "resource", package: "..", path: "secret.py" })["text"] ?? null,
    ]);
  },
  { scratch },
);

testUnless(notOnLinux, "a cell cannot leave its program's directory by the names of modules and data", async () => {
  const answers = [["module", ...Array(7).fill("none")], ["own data", ...Array(5).fill(null)], null];
  writeFileSync(`${beside}/main.json`, javascriptOf([part]));
  writeFileSync(`${beside}/main.py`, await pythonOf([part]));
  for (const command of [
    [await hostileBinary(), `${beside}/main.json`],
    [await builtBinary(), `${beside}/main.py`],
  ]) {
    const [told] = toldIn((await run(command)).stdout);
    expect(JSON.parse(told ?? "")).toEqual(answers);
  }
});
