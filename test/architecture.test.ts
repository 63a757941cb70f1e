import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { codeMapPaths, foldersOf, pathsInText } from "./support/code-map.ts";
import { findCycle, importsOf, readSources } from "./support/imports.ts";
import { layeringViolations } from "./support/layering.ts";

const ROOT = join(import.meta.dir, "..");
const sources = await readSources(ROOT, ["src", "scripts"]);

describe("the sources", () => {
  test("are found, with their imports", () => {
    const imports = sources.flatMap(importsOf);
    expect(imports).toContainEqual({ file: "src/index.ts", target: "src/cell/main.ts" });
    expect(imports).toContainEqual({ file: "src/index.ts", target: "src/protocol/messages.ts" });
    expect(imports).toContainEqual({ file: "src/broker/cell-process.ts", target: "node:child_process" });
    const missing = imports.filter(({ target }) => target.startsWith("src/") && !existsSync(join(ROOT, target)));
    expect(missing).toEqual([]);
  });

  test("import one way only, and keep what is reserved to one file there", () => {
    expect(layeringViolations(sources)).toEqual([]);
  });

  test("import each other in no circle", () => {
    expect(findCycle(sources.flatMap(importsOf))).toBeUndefined();
  });
});

describe("the check of the sources", () => {
  const violationsOf = (path: string, text: string) => layeringViolations([{ path, text }]);

  test.each([
    ["src/cell/boot.ts", 'import { x } from "../broker/session.ts";', "cell may not import broker"],
    ["src/cell/boot.ts", 'import type { Config } from "../config.ts";', "cell may not import config.ts"],
    ["src/cell/kernel/k.ts", 'const { x } = await import("../../cli/main.ts");', "cell may not import cli"],
    ["src/broker/session.ts", 'import {\n  a,\n  b,\n} from "../cell/boot.ts";', "broker may not import cell"],
    ["src/broker/session.ts", 'export * from "../cli/run.ts";', "broker may not import cli"],
    ["src/protocol/framing.ts", 'import "../errors.ts";', "protocol may not import errors.ts"],
    ["src/pyodide-manager/cache.ts", 'import { S } from "../broker/session.ts";', "may not import broker"],
    ["src/cli/run.ts", 'import { b } from "../../scripts/build.ts";', "src/ imports nothing outside of it"],
    ["src/utils/x.ts", 'import { b } from "../errors.ts";', "no rule says what utils may import"],
  ])("finds what is wrong with %s: %s", (path, text, expected) => {
    const violations = violationsOf(path, text);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toStartWith(path);
    expect(violations[0]).toContain(expected);
  });

  test("finds the environment read and a process started where they must not be", () => {
    expect(violationsOf("src/cli/run.ts", 'const home = process.env["HOME"];')).toEqual([
      "src/cli/run.ts reads the environment, which only src/config.ts and src/cell/time-zone.ts and src/sandbox/launch.ts may",
    ]);
    expect(violationsOf("src/cli/run.ts", 'import { spawn } from "node:child_process";')).toEqual([
      "src/cli/run.ts starts processes with node:child_process, which only src/broker/cell-process.ts may",
    ]);
  });

  test("lets scripts import src, and passes over comments", () => {
    expect(violationsOf("scripts/build.ts", 'import { x } from "../src/errors.ts";')).toEqual([]);
    expect(violationsOf("src/cell/boot.ts", '// import { x } from "../config.ts"; process.env\n')).toEqual([]);
  });

  test("names the files of a circle", () => {
    const imports = [
      { file: "src/a.ts", target: "src/b.ts" },
      { file: "src/b.ts", target: "src/c.ts" },
      { file: "src/c.ts", target: "src/b.ts" },
    ];
    expect(findCycle(imports)).toEqual(["src/b.ts", "src/c.ts", "src/b.ts"]);
  });
});

describe("ARCHITECTURE.md", () => {
  const document = () => readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8");

  test("names only paths that exist", () => {
    const named = [...codeMapPaths(document()), ...pathsInText(document())];
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test("names every folder under src/ that holds code", () => {
    const files = [...new Bun.Glob("src/**/*.{ts,py}").scanSync(ROOT)];
    const named = codeMapPaths(document());
    expect(foldersOf(files).filter((folder) => !named.includes(folder))).toEqual([]);
  });
});

describe("the reading of the code map", () => {
  const block = (text: string) =>
    `# T\n\n\`\`\`\npicture\n\`\`\`\n\n## Code map\n\nWords.\n\n\`\`\`\n${text}\n\`\`\`\n`;

  test("gives a path for each entry, without its comment", () => {
    const tree =
      "src/\n  index.ts          role switch: one or the other\n  cli/  the command line\n    run.ts\ntest/  mirrors src/";
    expect(codeMapPaths(block(tree))).toEqual(["src", "src/index.ts", "src/cli", "src/cli/run.ts", "test"]);
  });

  test("refuses a document without one, and a tree with a wrong indent", () => {
    expect(() => codeMapPaths("# T\n")).toThrow("no fenced block");
    expect(() => codeMapPaths(block("src/\n   index.ts"))).toThrow("not indented by two spaces a level");
    expect(() => codeMapPaths(block("src/\n    index.ts"))).toThrow("deeper than its folder");
  });

  test("finds the paths named in the text", () => {
    expect(pathsInText("see `src/cell/` and `src/cli/run.ts`, `cat`, `src/cli/run.ts`")).toEqual([
      "src/cell",
      "src/cli/run.ts",
    ]);
  });
});
