import { describe, expect, test } from "bun:test";
import { splitCommandLine } from "../../src/cli/split.ts";
import { UsageError } from "../../src/errors.ts";
import type { Program } from "../../src/protocol/messages.ts";

const split = (...argv: string[]) => splitCommandLine(argv, new Set(["--timeout", "--memory"]));

const command = (code: string): Program => ({ kind: "command", code });
const module = (name: string): Program => ({ kind: "module", name });
const script = (path: string): Program => ({ kind: "script", path });
const STDIN: Program = { kind: "stdin" };

type Row = readonly [
  words: readonly string[],
  options: readonly string[],
  program: Program | null,
  argv: readonly string[],
];

/** The given words, woma's options, the program, sys.argv; as python3 3.13 has it. */
const ROWS: Readonly<Record<string, readonly Row[]>> = {
  "no program": [
    [[], [], null, [""]],
    [["-i"], ["-i"], null, [""]],
    [["-iq"], ["-i", "-q"], null, [""]],
    [["-i", "-q"], ["-i", "-q"], null, [""]],
    [["--"], [], null, [""]],
    [["-i", "--"], ["-i"], null, [""]],
  ],
  "code as text": [
    [["-c", "1"], [], command("1"), ["-c"]],
    [["-c1"], [], command("1"), ["-c"]],
    [["-c", ""], [], command(""), ["-c"]],
    [["-uc", "1"], ["-u"], command("1"), ["-c"]],
    [["-uc1"], ["-u"], command("1"), ["-c"]],
    [["-OOc", "1"], ["-O", "-O"], command("1"), ["-c"]],
    [["-IBc", "1", "a"], ["-I", "-B"], command("1"), ["-c", "a"]],
    [["-c", "1", "a", "b"], [], command("1"), ["-c", "a", "b"]],
    [["-c", "1", "-c", "2"], [], command("1"), ["-c", "-c", "2"]],
    [["-c", "1", "-i", "--help", "--timeout"], [], command("1"), ["-c", "-i", "--help", "--timeout"]],
    [["-c", "1", "--", "-"], [], command("1"), ["-c", "--", "-"]],
    [["-c", "--help"], [], command("--help"), ["-c"]],
    [["-c", "-i"], [], command("-i"), ["-c"]],
    [["-c", "--", "x"], [], command("--"), ["-c", "x"]],
    [["-cu", "1"], [], command("u"), ["-c", "1"]],
    [["-cprint('ü🐍')"], [], command("print('ü🐍')"), ["-c"]],
    [["-c", "a\nb"], [], command("a\nb"), ["-c"]],
  ],
  "a module": [
    [["-m", "json.tool"], [], module("json.tool"), ["-m"]],
    [["-mjson.tool"], [], module("json.tool"), ["-m"]],
    [["-um", "json.tool"], ["-u"], module("json.tool"), ["-m"]],
    [["-m", "timeit", "-n", "1", "--help"], [], module("timeit"), ["-m", "-n", "1", "--help"]],
    [["-m", "x", "-c", "1"], [], module("x"), ["-m", "-c", "1"]],
  ],
  "a file": [
    [["a.py"], [], script("a.py"), ["a.py"]],
    [["a.py", "-i", "--help", "-c", "1"], [], script("a.py"), ["a.py", "-i", "--help", "-c", "1"]],
    [["a.py", "--", "b"], [], script("a.py"), ["a.py", "--", "b"]],
    [["-u", "a.py", "-u"], ["-u"], script("a.py"), ["a.py", "-u"]],
    [["--", "a.py", "--"], [], script("a.py"), ["a.py", "--"]],
    [["--", "-c", "1"], [], script("-c"), ["-c", "1"]],
    [["--", "--help"], [], script("--help"), ["--help"]],
    [["a b.py"], [], script("a b.py"), ["a b.py"]],
    [["", "x"], [], script(""), ["", "x"]],
  ],
  "standard input": [
    [["-"], [], STDIN, ["-"]],
    [["-", "-c", "1"], [], STDIN, ["-", "-c", "1"]],
    [["-i", "-", "a"], ["-i"], STDIN, ["-", "a"]],
    [["--", "-"], [], STDIN, ["-"]],
    [["--", "-", "a"], [], STDIN, ["-", "a"]],
  ],
  "options with a value": [
    [["-Werror"], ["-W", "error"], null, [""]],
    [["-W", "error"], ["-W", "error"], null, [""]],
    [["-W", "error", "a.py"], ["-W", "error"], script("a.py"), ["a.py"]],
    [["-Werror", "a.py"], ["-W", "error"], script("a.py"), ["a.py"]],
    [["-W", "-c", "1"], ["-W", "-c"], script("1"), ["1"]],
    [["-Wc", "a.py"], ["-W", "c"], script("a.py"), ["a.py"]],
    [["-bbWerror", "-c", "1"], ["-b", "-b", "-W", "error"], command("1"), ["-c"]],
    [["-bW", "error", "-c", "1"], ["-b", "-W", "error"], command("1"), ["-c"]],
    [["-Xdev"], ["-X", "dev"], null, [""]],
    [["-X", "dev", "-X", "utf8=1", "-"], ["-X", "dev", "-X", "utf8=1"], STDIN, ["-"]],
    [["-W", "", "a.py"], ["-W", ""], script("a.py"), ["a.py"]],
    [["-W", "--", "a.py"], ["-W", "--"], script("a.py"), ["a.py"]],
    [["--timeout", "5", "a.py"], ["--timeout", "5"], script("a.py"), ["a.py"]],
    [["--timeout=5", "a.py"], ["--timeout=5"], script("a.py"), ["a.py"]],
    [["--timeout", "-c", "a.py"], ["--timeout", "-c"], script("a.py"), ["a.py"]],
    [["--timeout", "--", "a.py"], ["--timeout", "--"], script("a.py"), ["a.py"]],
    [["a.py", "--timeout", "5"], [], script("a.py"), ["a.py", "--timeout", "5"]],
  ],
  "options that nobody knows yet": [
    [["-bb"], ["-b", "-b"], null, [""]],
    [["-VV"], ["-V", "-V"], null, [""]],
    [["-Zc", "1"], ["-Z"], command("1"), ["-c"]],
    [["-?"], ["-?"], null, [""]],
    [["--unknown", "a.py"], ["--unknown"], script("a.py"), ["a.py"]],
    [["---"], ["---"], null, [""]],
    [["-ü"], ["-ü"], null, [""]],
    [["-🐍i"], ["-🐍", "-i"], null, [""]],
  ],
};

for (const [kind, rows] of Object.entries(ROWS)) {
  describe(`a command line with ${kind}`, () => {
    test.each([...rows])("%j", (words, options, program, argv) => {
      expect<unknown>(split(...words)).toMatchObject({ options, program, argv });
    });
  });
}

describe("a value that is missing", () => {
  test.each([
    [["-c"], "-c needs a value"],
    [["-uc"], "-c needs a value"],
    [["-m"], "-m needs a value"],
    [["-i", "-m"], "-m needs a value"],
    [["-W"], "-W needs a value"],
    [["-bX"], "-X needs a value"],
    [["--timeout"], "--timeout needs a value"],
    [["-u", "--memory"], "--memory needs a value"],
  ])("%j is a usage error", (words, message) => {
    expect(() => split(...words)).toThrow(new UsageError(message));
  });
});
