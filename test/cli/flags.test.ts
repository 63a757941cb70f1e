import { describe, expect, test } from "bun:test";
import { parseCommandLine } from "../../src/cli/flags.ts";
import { versionText } from "../../src/cli/version.ts";
import type { Invocation } from "../../src/config.ts";
import { formatError, UsageError } from "../../src/errors.ts";
import type { InterpreterFlags } from "../../src/protocol/messages.ts";

const NO_FLAGS: InterpreterFlags = {
  inspect: false,
  quiet: false,
  unbuffered: false,
  dontWriteBytecode: false,
  ignoreEnvironment: false,
  isolated: false,
  safePath: false,
  noUserSite: false,
  noSite: false,
  skipFirstLine: false,
  optimize: 0,
  verbose: 0,
  bytesWarning: 0,
  warnOptions: [],
  xOptions: [],
};

function invocation(...argv: string[]): Invocation {
  const commandLine = parseCommandLine(argv);
  if (commandLine.kind !== "run") throw new Error(`${commandLine.kind} instead of a run`);
  return commandLine.invocation;
}

/** What the user reads. */
function complaint(...argv: string[]): string {
  try {
    return JSON.stringify(parseCommandLine(argv));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.exitStatus).toBe(2);
    return formatError(error);
  }
}

describe("a command line", () => {
  test("without options has all defaults", () => {
    expect<unknown>(invocation()).toEqual({
      program: null,
      argv: [""],
      commandLine: [],
      flags: NO_FLAGS,
      resetGlobals: false,
      keepHistory: true,
      cacheDirectory: undefined,
      timeoutMs: null,
      memoryLimitBytes: 1024 * 1024 * 1024,
    });
  });

  test("with all of woma's options has them all, and the program its own arguments", () => {
    const words = [
      ...["--timeout", "2.5", "--memory=64", "--reset-globals", "--pyodide-cache", "/srv/woma", "--no-history"],
      ...["-uc", "pass", "--timeout", "--help"],
    ];
    expect<unknown>(invocation(...words)).toEqual({
      program: { kind: "command", code: "pass" },
      argv: ["-c", "--timeout", "--help"],
      commandLine: words,
      flags: { ...NO_FLAGS, unbuffered: true },
      resetGlobals: true,
      keepHistory: false,
      cacheDirectory: "/srv/woma",
      timeoutMs: 2500,
      memoryLimitBytes: 64 * 1024 * 1024,
    });
  });

  test.each([
    [["-i"], { inspect: true }],
    [["-q"], { quiet: true }],
    [["-u"], { unbuffered: true }],
    [["-B"], { dontWriteBytecode: true }],
    [["-E"], { ignoreEnvironment: true }],
    [["-P"], { safePath: true }],
    [["-s"], { noUserSite: true }],
    [["-S"], { noSite: true }],
    [["-x"], { skipFirstLine: true }],
    [["-I"], { isolated: true, ignoreEnvironment: true, safePath: true, noUserSite: true }],
    [["-O"], { optimize: 1 }],
    [["-OO"], { optimize: 2 }],
    [["-v", "-vv"], { verbose: 3 }],
    [["-bb"], { bytesWarning: 2 }],
    [["-Werror"], { warnOptions: ["error"] }],
    [["-W", "error", "-Wignore::DeprecationWarning"], { warnOptions: ["error", "ignore::DeprecationWarning"] }],
    [["-W", "--", "-W", "-c"], { warnOptions: ["--", "-c"] }],
    [["-Xdev", "-X", "importtime"], { xOptions: ["dev", "importtime"] }],
    [["-OBqiu"], { optimize: 1, dontWriteBytecode: true, quiet: true, inspect: true, unbuffered: true }],
    [["-d", "-R", "--check-hash-based-pycs", "always"], {}],
  ] satisfies [string[], Partial<InterpreterFlags>][])("sets python3's flags: %j", (words, flags) => {
    expect(invocation(...words).flags).toEqual({ ...NO_FLAGS, ...flags });
  });

  test("does not carry a list or a count over to the next", () => {
    invocation("-Werror", "-Xdev", "-OO", "-bb");
    expect(invocation().flags).toEqual(NO_FLAGS);
  });

  test.each([
    ["0.001", 1],
    [".5", 500],
    ["1", 1000],
    ["1000000", 1_000_000_000],
  ])("takes a timeout of %s seconds", (text, timeoutMs) => {
    expect(invocation("--timeout", text).timeoutMs).toBe(timeoutMs);
  });

  test.each(["48", "1024", "4095"])("takes a memory of %s MB", (text) => {
    expect(invocation(`--memory=${text}`).memoryLimitBytes).toBe(Number(text) * 1024 * 1024);
  });
});

describe("a usage error says what to do:", () => {
  const tryHelp = "\n\nhint: try `woma --help`\n";

  test.each([
    [["-Z"], `error: unknown option '-Z'${tryHelp}`],
    [["-iZ"], `error: unknown option '-Z'${tryHelp}`],
    [["-ü"], `error: unknown option '-ü'${tryHelp}`],
    [["--unknown"], `error: unknown option '--unknown'${tryHelp}`],
    [["--tmeout", "5"], "error: unknown option '--tmeout'\n\nhint: did you mean --timeout?\n"],
    [["-c"], `error: -c needs a value${tryHelp}`],
    [["-um"], `error: -m needs a value${tryHelp}`],
    [["-W"], `error: -W needs a value${tryHelp}`],
    [["--timeout"], `error: --timeout needs a value${tryHelp}`],
    [["--check-hash-based-pycs"], `error: --check-hash-based-pycs needs a value${tryHelp}`],
  ])("%j", (words, expected) => {
    expect(complaint(...words)).toBe(expected);
  });

  test.each([
    ["--timeout", ["--timeout", "1", "--timeout", "2"]],
    ["--timeout", ["--timeout=1", "--timeout", "1"]],
    ["--memory", ["--memory", "64", "-u", "--memory=64"]],
    ["--pyodide-cache", ["--pyodide-cache", "a", "--pyodide-cache", "b"]],
  ])("%s given twice", (name, words) => {
    expect(complaint(...words)).toBe(`error: ${name} is given twice\n\nhint: give it once; it takes one value\n`);
  });

  test.each(["", " ", "0", "-1", "0.0", "1000001", "1e3", "1e999", "NaN", "Infinity", "0x10", "5s", " 5", "1_0", "٥"])(
    "a timeout of %j",
    (text) => {
      expect(complaint("--timeout", text)).toBe(
        `error: --timeout takes seconds, more than 0 and at most 1000000, not '${text}'\n\nhint: for example --timeout 2.5\n`,
      );
    },
  );

  test.each(["", "0", "47", "4096", "-64", "64.5", "1e3", "64M", "0x40", " 64", "NaN", "99999999999999999999"])(
    "a memory of %j",
    (text) => {
      expect(complaint("--memory", text)).toBe(
        `error: --memory takes whole MB from 48 to 4095, not '${text}'\n\nhint: for example --memory 512\n`,
      );
    },
  );

  test("a cache that is nothing, as from an unset variable", () => {
    const expected =
      "error: --pyodide-cache takes a directory, not nothing\n\nhint: is the variable that it comes from set?\n";
    expect([complaint("--pyodide-cache", ""), complaint("--pyodide-cache=")]).toEqual([expected, expected]);
  });
});

describe("the version", () => {
  test("is one line for -V and --version, and two when it is asked for twice", () => {
    const short = { kind: "version", long: false } as const;
    expect([parseCommandLine(["-V"]), parseCommandLine(["--version"])]).toEqual([short, short]);
    const long = { kind: "version", long: true } as const;
    expect([parseCommandLine(["-VV"]), parseCommandLine(["-V", "--version"])]).toEqual([long, long]);
  });

  test("names woma, Python, Pyodide and Bun", () => {
    expect(versionText(false)).toMatch(
      /^woma \d+\.\d+\.\d+ \(Python 3\.14\.\d+, Pyodide 314\.\d+\.\d+, Bun [\d.]+\)\n$/,
    );
    expect(versionText(true)).toBe(
      `${versionText(false)}${process.platform} ${process.arch}, Bun revision ${Bun.revision}\n`,
    );
  });
});

describe("the help", () => {
  const help = () => {
    const commandLine = parseCommandLine(["--help"]);
    return commandLine.kind === "help" ? commandLine.text : "";
  };

  test("is the same for -h, -? and --help, whatever else is given, and belongs to the program after it", () => {
    for (const words of [["-h"], ["-?"], ["-V", "-h"], ["-u", "--help", "a.py"], ["-ih", "-c", "1"]])
      expect<unknown>(parseCommandLine(words)).toEqual({ kind: "help", text: help() });
    expect(parseCommandLine(["a.py", "--help"]).kind).toBe("run");
  });

  test("fits into 100 columns and names every option", () => {
    expect(
      help()
        .split("\n")
        .filter((line) => line.length > 100),
    ).toEqual([]);
    for (const option of [..."cmiVhquBOWXbvIPEsSxdR"]) expect(help()).toContain(`-${option}`);
  });

  test("reads as a whole", () => {
    expect(help()).toMatchInlineSnapshot(`
      "Usage: woma [option …] [-c CODE | -m MODULE | FILE | -] [argument …]

      Python anywhere from one executable. Without a program: a prompt, or the program on standard input.

      What to run:
        -c <CODE>                       run CODE; all that follows is its arguments
        -m <MODULE>                     run a module by name, as python3 -m does; all that follows is its
                                        arguments
        -i                              open a prompt when the program has ended

      woma's own options:
        --timeout <SECONDS>             interrupt the program after this time, kill it 1 s later: exit
                                        status 124
        --memory <MB>                   largest memory of the interpreter; past it Python raises
                                        MemoryError (default: 1024)
        --reset-globals                 at the prompt, run each entry in a pristine interpreter
        --pyodide-cache <PATH>          where snapshots and packages are kept (default: $WOMA_CACHE, else
                                        ~/.pyodide-env)
        --no-history                    neither read nor keep the prompt's history
        -V, --version                   print the versions of woma, Python, Pyodide and Bun; twice for
                                        more
        -h, --help                      print this and exit

      python3's options:
        -q                              no banner before the prompt
        -u                              unbuffered standard output and error
        -B                              set sys.dont_write_bytecode
        -O                              drop assertions; -OO drops docstrings too
        -W <FILTER>                     warnings filter, as in python3 -W; may be repeated
        -X <OPTION>                     implementation option, as in python3 -X; may be repeated
        -b                              warn about comparing bytes with str; -bb raises an error
        -v                              trace imports on standard error
        -I                              isolated: -E, -P and -s
        -P                              do not put the script's or the current directory on sys.path, nor
                                        import from it
        -E                              ignore PYTHON* variables (a program sees none)
        -s                              no user site directory (there is none)
        -S                              do not import site
        -x                              skip the first line of FILE
        -d                              accepted, without effect: debugs the parser of a debug build
        -R                              accepted, without effect: hashes of str are the same in each run
        --check-hash-based-pycs <MODE>  accepted, without effect: there are no .pyc files of the user's
      "
    `);
  });
});
