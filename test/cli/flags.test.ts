import { describe, expect, test } from "bun:test";
import { parseCommandLine } from "../../src/cli/flags.ts";
import { versionText } from "../../src/cli/version.ts";
import type { Invocation, PackageFlags } from "../../src/config.ts";
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

const NO_PACKAGE_FLAGS: PackageFlags = {
  mirrors: [],
  offline: false,
  autoInstall: "lock",
  installTimeoutMs: 600_000,
  maximumDownloadBytes: 2048 * 1024 * 1024,
  maximumPackages: 500,
  cacheLimitBytes: null,
};

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
      packages: NO_PACKAGE_FLAGS,
      requirements: [],
      lockMode: "none",
      insecure: false,
      grants: { reading: [], writing: [], mounts: [], variables: [], network: [] },
      timeoutMs: null,
      cpuTimeMs: null,
      memoryLimitBytes: 1024 * 1024 * 1024,
      maximumOutputBytes: null,
      maximumOpenFiles: 1024,
      networkLimits: { maximumConnections: 256, maximumTransferredBytes: null, maximumBytesPerSecond: null },
      log: null,
      maximumWrittenBytes: null,
      transport: "sockets",
    });
  });

  test("with all of woma's options has them all, and the program its own arguments", () => {
    const words = [
      ...["--timeout", "2.5", "--memory=64", "--reset-globals", "--pyodide-cache", "/srv/woma", "--no-history"],
      ...["--cpu-time=.5", "--max-output", "3", "--max-open-files=64", "--max-written", "2048", "--insecure"],
      ...["--mount", ".", "--mount=data:/data:ro", "--allow-read", "a,b", "--allow-read=c", "--allow-write", "out"],
      ...["--allow-env=LANG", "--allow-env", "AWS_*,HOME", "--allow-net=example.org", "--deny-net", "--allow-net"],
      ...["--with", "numpy", "--with=pandas>=2,<3,httpx[http2,socks]", "--mirror", "a,b", "--mirror=c", "--offline"],
      ...["--lock", "--auto-install=off", "--install-timeout", "30", "--max-download=10", "--max-packages", "7"],
      ...["--max-connections", "8", "--max-transferred=5", "--max-rate", "64", "--log", "net", "--net", "xhr"],
      ...["--cache-max=100", "-uc", "pass", "--timeout", "--help"],
    ];
    expect<unknown>(invocation(...words)).toEqual({
      program: { kind: "command", code: "pass" },
      argv: ["-c", "--timeout", "--help"],
      commandLine: words,
      flags: { ...NO_FLAGS, unbuffered: true },
      resetGlobals: true,
      keepHistory: false,
      cacheDirectory: "/srv/woma",
      packages: {
        mirrors: ["a,b", "c"],
        offline: true,
        autoInstall: "off",
        installTimeoutMs: 30_000,
        maximumDownloadBytes: 10 * 1024 * 1024,
        maximumPackages: 7,
        cacheLimitBytes: 100 * 1024 * 1024,
      },
      requirements: ["numpy", "pandas>=2,<3", "httpx[http2,socks]"],
      lockMode: "write",
      insecure: true,
      grants: {
        reading: ["a,b", "c"],
        writing: ["out"],
        mounts: [".", "data:/data:ro"],
        variables: ["LANG", "AWS_*,HOME"],
        network: [
          ["--allow-net", "example.org"],
          ["--allow-net", true],
          ["--deny-net", true],
        ],
      },
      timeoutMs: 2500,
      cpuTimeMs: 500,
      memoryLimitBytes: 64 * 1024 * 1024,
      maximumOutputBytes: 3 * 1024 * 1024,
      maximumOpenFiles: 64,
      networkLimits: {
        maximumConnections: 8,
        maximumTransferredBytes: 5 * 1024 * 1024,
        maximumBytesPerSecond: 64 * 1024,
      },
      log: "net",
      maximumWrittenBytes: 2048 * 1024 * 1024,
      transport: "xhr",
    });
  });

  test("leaves the word after --allow-net and --deny-net to the program", () => {
    expect(invocation("--allow-net", "script.py")).toMatchObject({
      program: { kind: "script", path: "script.py" },
      grants: { network: [["--allow-net", true]] },
    });
    expect(invocation("--deny-net=a:1,b", "-c", "1").grants.network).toEqual([["--deny-net", "a:1,b"]]);
  });

  test.each([
    [["doctor"], { kind: "doctor" }],
    [["--insecure", "doctor"], { kind: "doctor" }],
  ] satisfies [string[], unknown][])("asks for the doctor: %j", (words, expected) => {
    expect<unknown>(parseCommandLine(words)).toEqual(expected);
  });

  test("runs a file of the doctor's name by its path", () => {
    expect(invocation("./doctor", "x").program).toEqual({ kind: "script", path: "./doctor" });
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
    invocation("--mount=.", "--allow-read=a", "--allow-write=b", "--allow-env=C", "--allow-net=d", "--deny-net");
    expect(invocation().grants).toEqual({ reading: [], writing: [], mounts: [], variables: [], network: [] });
  });

  test.each([
    ["0.001", 1],
    [".5", 500],
    ["1", 1000],
    ["1000000", 1_000_000_000],
  ])("takes a timeout and a processor time of %s seconds", (text, milliseconds) => {
    expect(invocation("--timeout", text).timeoutMs).toBe(milliseconds);
    expect(invocation("--cpu-time", text).cpuTimeMs).toBe(milliseconds);
  });

  test.each(["48", "1024", "4095"])("takes a memory of %s MB", (text) => {
    expect(invocation(`--memory=${text}`).memoryLimitBytes).toBe(Number(text) * 1024 * 1024);
  });

  test.each(["1", "512", "1000000000"])("takes output and written bytes of %s MB", (text) => {
    expect(invocation(`--max-output=${text}`).maximumOutputBytes).toBe(Number(text) * 1024 * 1024);
    expect(invocation("--max-written", text).maximumWrittenBytes).toBe(Number(text) * 1024 * 1024);
  });

  test.each(["8", "1024", "4096"])("takes %s open files", (text) => {
    expect(invocation("--max-open-files", text).maximumOpenFiles).toBe(Number(text));
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
    ...["--cpu-time", "--max-output", "--max-open-files", "--max-written", "--mount", "--allow-read", "--allow-write"]
      .concat("--allow-env", "--max-connections", "--max-transferred", "--max-rate", "--log")
      .map((name): [string[], string] => [["-u", name], `error: ${name} needs a value${tryHelp}`]),
    [["--insecure=1"], "error: unknown option '--insecure=1'\n\nhint: did you mean --insecure?\n"],
    [["--mounts", "."], "error: unknown option '--mounts'\n\nhint: did you mean --mount?\n"],
    [["--allow-reads=."], "error: unknown option '--allow-reads=.'\n\nhint: did you mean --allow-read?\n"],
    [["doctor", "strange"], "error: `woma doctor` takes no arguments\n\nhint: a file of that name is ./doctor\n"],
    [["--check-hash-based-pycs"], `error: --check-hash-based-pycs needs a value${tryHelp}`],
  ])("%j", (words, expected) => {
    expect(complaint(...words)).toBe(expected);
  });

  test.each([
    ["--timeout", ["--timeout", "1", "--timeout", "2"]],
    ["--timeout", ["--timeout=1", "--timeout", "1"]],
    ["--memory", ["--memory", "64", "-u", "--memory=64"]],
    ["--pyodide-cache", ["--pyodide-cache", "a", "--pyodide-cache", "b"]],
    ["--cpu-time", ["--cpu-time", "1", "--cpu-time=1"]],
    ["--max-output", ["--max-output=1", "--max-output=2"]],
    ["--max-open-files", ["--max-open-files=10", "--mount=.", "--max-open-files", "10"]],
    ["--max-written", ["--max-written", "1", "--max-written", "1"]],
    ["--max-connections", ["--max-connections=1", "--max-connections=2"]],
    ["--max-transferred", ["--max-transferred=1", "--max-transferred=1"]],
    ["--max-rate", ["--max-rate=1", "--max-rate=2"]],
    ["--log", ["--log=net", "--log", "net"]],
  ])("%s given twice", (name, words) => {
    expect(complaint(...words)).toBe(`error: ${name} is given twice\n\nhint: give it once; it takes one value\n`);
  });

  test.each(["", " ", "0", "-1", "0.0", "1000001", "1e3", "1e999", "NaN", "Infinity", "0x10", "5s", " 5", "1_0", "٥"])(
    "a timeout or a processor time of %j",
    (text) => {
      for (const name of ["--timeout", "--cpu-time"])
        expect(complaint(name, text)).toBe(
          `error: ${name} takes seconds, more than 0 and at most 1000000, not '${text}'\n\nhint: for example ${name} 2.5\n`,
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

  test.each(["", "0", "-1", "1.5", "1e3", "1M", "0x10", " 1", "NaN", "1000000001"])(
    "output or written bytes of %j",
    (text) => {
      for (const name of ["--max-output", "--max-written"])
        expect(complaint(name, text)).toBe(
          `error: ${name} takes whole MB from 1 to 1000000000, not '${text}'\n\nhint: for example ${name} 512\n`,
        );
    },
  );

  test.each(["", "0", "7", "-8", "8.5", "4097", "1e3", "0x10", " 8", "NaN"])("%j open files", (text) => {
    expect(complaint("--max-open-files", text)).toBe(
      `error: --max-open-files takes a whole number from 8 to 4096, not '${text}'\n\nhint: for example --max-open-files 512\n`,
    );
  });

  test.each(["", "0", "-1", "1.5", "1e3", "1M", "4097", "NaN"])("%j connections", (text) => {
    expect(complaint("--max-connections", text)).toBe(
      `error: --max-connections takes a whole number from 1 to 4096, not '${text}'\n\nhint: for example --max-connections 512\n`,
    );
  });

  test.each(["", "0", "-1", "1.5", "1e3", "1M", "NaN", "1000000001"])(
    "%j transferred, in all or in a second",
    (text) => {
      for (const [name, unit] of [
        ["--max-transferred", "MB"],
        ["--max-rate", "KB"],
      ] as const)
        expect(complaint(name, text)).toBe(
          `error: ${name} takes whole ${unit} from 1 to 1000000000, not '${text}'\n\nhint: for example ${name} 512\n`,
        );
    },
  );

  test.each(["", "files", "NET", "net,files"])("a log of %j", (text) => {
    expect(complaint("--log", text)).toBe(`error: --log takes net, not '${text}'\n\nhint: for example --log net\n`);
  });

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
             woma install PKG… | -r FILE [option …]
             woma cache dir|list|size|verify|clean|fetch [option …]
             woma doctor

      Python anywhere from one executable. Without a program: a prompt, or the program on standard input.
      \`woma install\` and \`woma cache\` are about packages; each has a --help of its own.
      \`woma doctor\` prints what this machine enforces; its exit status is 1 when the wall is incomplete.

      What to run:
        -c <CODE>                       run CODE; all that follows is its arguments
        -m <MODULE>                     run a module by name, as python3 -m does; all that follows is its
                                        arguments
        -i                              open a prompt when the program has ended

      woma's own options:
        --reset-globals                 at the prompt, run each entry in a pristine interpreter
        --no-history                    neither read nor keep the prompt's history
        --log <WHAT>                    what to log on standard error: net, a line for each connection
        --insecure                      run without the wall around Python: only for code that you trust
                                        with all you have
        -V, --version                   print the versions of woma, Python, Pyodide and Bun; twice for
                                        more
        -h, --help                      print this and exit

      What the program may reach (nothing of yours but the program itself, unless granted):
        --mount <HOST[:GUEST][:ro|rw]>  your files at GUEST, or at their own path, to read and write;
                                        usually \`--mount .\`
        --allow-read <PATH[,...]>       files and directories to read, at their own paths
        --allow-write <PATH[,...]>      the same, to read and write
        --allow-env <NAME[,...]>        environment variables; NAME* for all that begin so
        --allow-net [HOST[:PORT],...]   hosts to connect to besides public ones; without any, all (preset:
                                        "*")
        --deny-net [HOST[:PORT],...]    hosts not to connect to; without any, none (preset: "*")
        --net <HOW>                     sockets, or xhr: no sockets, HTTP alone, by XMLHttpRequest
                                        (default: "sockets")

      Packages:
        --with <PKG[,...]>              have these for the program, from the lock or an index: numpy,
                                        'pandas>=2,<3', 'httpx[http2]'
        --auto-install <WHICH>          what an import may install: lock, index (any package), or off
                                        (default: lock)
        --lock                          write what was resolved, with hashes, to woma.lock
        --locked                        demand woma.lock: only its files, by its hashes
        --mirror <URL[,...]>            where the distribution's packages are, asked before its own
                                        server: http, https or file URLs, or directories (default:
                                        $WOMA_MIRROR)
        --offline                       send no request: only what the cache, and mirrors on this machine,
                                        have
        --install-timeout <SECONDS>     longest that one installation may take (default: 600)
        --max-download <MB>             most that one run may download (default: 2048)
        --max-packages <N>              most packages that one run may be given (default: 500)
        --cache-max <MB>                above this, the cache lets go of what was used least recently and
                                        is not in use (default: none)
        --pyodide-cache <PATH>          where snapshots and packages are kept (default: $WOMA_CACHE, else
                                        ~/.pyodide-env)

      Limits:
        --timeout <SECONDS>             interrupt the program after this time, kill it 1 s later: exit
                                        status 124 (default: none)
        --cpu-time <SECONDS>            the same, by the processor time it has used: exit status 152
                                        (default: none)
        --memory <MB>                   largest memory of the interpreter; past it Python raises
                                        MemoryError (default: 1024)
        --max-output <MB>               end a program that prints more on standard output and error: exit
                                        status 153 (default: none)
        --max-open-files <N>            files, pipes and streams open at a time; then OSError (EMFILE)
                                        (default: 1024)
        --max-connections <N>           network connections open at a time; then OSError (EMFILE)
                                        (default: 256)
        --max-transferred <MB>          sent and received over the network in all; then OSError (EDQUOT)
                                        (default: none)
        --max-rate <KB>                 sent and received over the network in a second; more waits
                                        (default: none)
        --max-written <MB>              written to mounted files in all; then OSError (EDQUOT) (default:
                                        none)

      python3's options:
        -q                              no banner before the prompt, no progress of downloads
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
