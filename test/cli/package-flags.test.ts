import { describe, expect, test } from "bun:test";
import type { CacheAction } from "../../src/cli/cache-options.ts";
import { parseCommandLine } from "../../src/cli/flags.ts";
import type { InstallInvocation } from "../../src/cli/install-options.ts";
import { formatError, UsageError } from "../../src/errors.ts";

function requirements(...argv: string[]): readonly string[] {
  const commandLine = parseCommandLine([...argv, "-c", "1"]);
  return commandLine.kind === "run" ? commandLine.invocation.requirements : [];
}

function install(...argv: string[]): InstallInvocation {
  const commandLine = parseCommandLine(argv);
  if (commandLine.kind !== "install") throw new Error(`${commandLine.kind} instead of an installation`);
  return commandLine.invocation;
}

function cacheAction(...argv: string[]): CacheAction {
  const commandLine = parseCommandLine(argv);
  if (commandLine.kind !== "cache") throw new Error(`${commandLine.kind} instead of the cache`);
  return commandLine.invocation.action;
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

describe("--with", () => {
  test.each([
    ["numpy", ["numpy"]],
    ["numpy,pandas", ["numpy", "pandas"]],
    [" numpy , pandas ", ["numpy", "pandas"]],
    ["pandas>=2,<3,rich", ["pandas>=2,<3", "rich"]],
    ["pandas >=2, != 2.1 ,rich", ["pandas >=2, != 2.1", "rich"]],
    ["httpx[http2,socks]>=0.20,<1,h2", ["httpx[http2,socks]>=0.20,<1", "h2"]],
    ["a; python_version in '3.13, 3.14'", ["a; python_version in '3.13, 3.14'"]],
    ["pandas (>=2,<3)", ["pandas (>=2,<3)"]],
    ["./dist/a-1.0-py3-none-any.whl", ["./dist/a-1.0-py3-none-any.whl"]],
  ])("parts %j where a package begins", (text, expected) => {
    expect(requirements("--with", text)).toEqual(expected);
  });

  const example = "\n\nhint: for example --with numpy, or --with 'pandas>=2,<3,rich'\n";

  test.each([
    ["", `error: --with takes packages, not nothing${example}`],
    ["numpy,", `error: --with takes packages, not nothing${example}`],
    [",", `error: --with takes packages, not nothing${example}`],
    ["report.py", `error: --with takes packages, and 'report.py' looks like a program${example}`],
    [">=2", `error: --with takes packages, not '>=2'${example}`],
    ["num py", `error: --with takes packages, not 'num py'${example}`],
    ["../secrets", `error: --with takes packages, not '../secrets'${example}`],
    ["-numpy", `error: --with takes packages, not '-numpy'${example}`],
  ])("%j is refused", (text, expected) => {
    expect(complaint(`--with=${text}`, "-c", "1")).toBe(expected);
  });
});

describe("a run's options about packages", () => {
  test("refuse what they do not take", () => {
    expect([
      complaint("--auto-install", "yes"),
      complaint("--install-timeout=0"),
      complaint("--max-download=2G"),
      complaint("--max-packages", "0"),
      complaint("--cache-max=-1"),
      complaint("--lock", "--locked"),
      complaint("--offline=1"),
      complaint("--cache-max", "1", "--cache-max", "2"),
      complaint("--with"),
    ]).toEqual([
      "error: --auto-install takes lock, index or off, not 'yes'\n\nhint: for example --auto-install lock\n",
      "error: --install-timeout takes seconds, more than 0 and at most 1000000, not '0'\n\nhint: for example --install-timeout 2.5\n",
      "error: --max-download takes whole MB from 1 to 1000000000, not '2G'\n\nhint: for example --max-download 512\n",
      "error: --max-packages takes a whole number from 1 to 100000, not '0'\n\nhint: for example --max-packages 512\n",
      "error: --cache-max takes whole MB from 1 to 1000000000, not '-1'\n\nhint: for example --cache-max 512\n",
      "error: --lock writes woma.lock, and --locked demands that it is there\n\nhint: give one of them\n",
      "error: unknown option '--offline=1'\n\nhint: did you mean --offline?\n",
      "error: --cache-max is given twice\n\nhint: give it once; it takes one value\n",
      "error: --with needs a value\n\nhint: try `woma --help`\n",
    ]);
  });
});

describe("`woma install`", () => {
  test("has its options before and behind the word, and none of a program's", () => {
    const expected: InstallInvocation = {
      requirements: ["numpy", "pandas>=2,<3"],
      requirementFiles: ["a.txt", "b.txt"],
      dryRun: true,
      quiet: true,
      cacheDirectory: "/srv/woma",
      packages: {
        mirrors: ["m"],
        offline: true,
        autoInstall: "lock",
        installTimeoutMs: 5000,
        maximumDownloadBytes: 2048 * 1024 * 1024,
        maximumPackages: 500,
        cacheLimitBytes: null,
      },
      lockMode: "write",
    };
    const before = ["-q", "--offline", "--mirror", "m", "--pyodide-cache=/srv/woma", "--install-timeout", "5"];
    expect(
      install(...before, "install", "numpy", "-r", "a.txt", "pandas>=2,<3", "--dry-run", "-rb.txt", "--lock"),
    ).toEqual(expected);
    const behind = ["--requirement", "a.txt", "--requirement=b.txt", "--lock", "--dry-run"];
    expect(install("install", "numpy", "pandas>=2,<3", ...behind, ...before)).toEqual(expected);
  });

  test("needs no package with --locked: woma.lock names them", () => {
    expect(install("install", "--locked")).toMatchObject({ requirements: [], lockMode: "required" });
  });

  const tryHelp = "\n\nhint: try `woma install --help`\n";

  test.each([
    [
      ["install"],
      "error: `woma install` needs to be told what to install\n\nhint: for example `woma install numpy`, or `woma install -r requirements.txt`; a file of that name is ./install\n",
    ],
    [["install", "--upgrade", "x"], `error: unknown option '--upgrade'${tryHelp}`],
    [["--timeout", "5", "install", "x"], `error: unknown option '--timeout'${tryHelp}`],
    [["install", "-r"], `error: -r, --requirement needs a value${tryHelp}`],
    [["install", "-r", ""], "error: -r takes a file, not nothing\n\nhint: for example -r requirements.txt\n"],
    [["install", "x", "--cache-max"], `error: --cache-max needs a value${tryHelp}`],
    [
      ["install", "--cache-max", "1", "x", "--cache-max=1"],
      "error: --cache-max is given twice\n\nhint: give it once; it takes one value\n",
    ],
    [
      ["install", "setup.py"],
      "error: `woma install` takes packages, and 'setup.py' looks like a program\n\nhint: for example `woma install numpy 'pandas>=2,<3'`\n",
    ],
    [
      ["install", "."],
      "error: `woma install` takes packages, not '.'\n\nhint: for example `woma install numpy 'pandas>=2,<3'`\n",
    ],
  ] satisfies [string[], string][])("refuses %j", (words, expected) => {
    expect(complaint(...words)).toBe(expected);
  });

  test("is a file by its path", () => {
    expect(parseCommandLine(["./install", "x"])).toMatchObject({ kind: "run" });
  });
});

describe("`woma cache`", () => {
  test.each([
    [["cache", "dir"], { kind: "dir" }],
    [["cache", "list", "-q"], { kind: "list" }],
    [["--pyodide-cache", "/srv", "cache", "size"], { kind: "size", human: false }],
    [["cache", "size", "--human"], { kind: "size", human: true }],
    [["cache", "verify"], { kind: "verify" }],
    [["cache", "clean"], { kind: "clean" }],
    [["cache", "fetch", "numpy", "scikit-learn"], { kind: "fetch", packages: ["numpy", "scikit-learn"] }],
    [["cache", "fetch", "--all"], { kind: "fetch-all", archive: null }],
    [["--archive", "a.tar.bz2", "--all", "cache", "fetch"], { kind: "fetch-all", archive: "a.tar.bz2" }],
  ] satisfies [string[], CacheAction][])("%j", (words, expected) => {
    expect(cacheAction(...words)).toEqual(expected);
  });

  const actions = "one of dir, list, size, verify, clean, fetch; a file of that name is ./cache";

  test.each([
    [["cache"], `error: \`woma cache\` needs to be told what to do\n\nhint: ${actions}\n`],
    [["cache", "prune"], `error: \`woma cache\` cannot 'prune'\n\nhint: ${actions}\n`],
    [["cache", "dir", "x"], "error: `woma cache dir` takes no arguments\n\nhint: 'x' is one too many\n"],
    [
      ["cache", "fetch"],
      "error: `woma cache fetch` needs to be told what to fetch\n\nhint: for example `woma cache fetch numpy pandas`, or `woma cache fetch --all`\n",
    ],
    [
      ["cache", "fetch", "--all", "numpy"],
      "error: `woma cache fetch --all` takes no packages, and 'numpy' is one\n\nhint: the whole distribution has it\n",
    ],
    [
      ["cache", "fetch", "numpy>=2"],
      "error: `woma cache fetch` takes names of the distribution's packages, not 'numpy>=2'\n\nhint: for example `woma cache fetch numpy`; `woma install` knows versions, extras and package indexes\n",
    ],
    [["cache", "clean", "--all"], "error: --all belongs to `woma cache fetch`\n\nhint: try `woma cache --help`\n"],
    [
      ["cache", "fetch", "numpy", "--archive", "x"],
      "error: --archive belongs to `woma cache fetch --all`\n\nhint: try `woma cache --help`\n",
    ],
    [["cache", "list", "--human"], "error: --human belongs to `woma cache size`\n\nhint: try `woma cache --help`\n"],
    [["cache", "dir", "--locked"], "error: unknown option '--locked'\n\nhint: try `woma cache --help`\n"],
    [
      ["cache", "fetch", "--all", "--archive="],
      "error: --archive takes a file or a URL, not nothing\n\nhint: for example --archive pyodide.tar.bz2\n",
    ],
  ] satisfies [string[], string][])("refuses %j", (words, expected) => {
    expect(complaint(...words)).toBe(expected);
  });
});

describe("the help of", () => {
  const help = (...words: string[]) => {
    const commandLine = parseCommandLine(words);
    return commandLine.kind === "help" ? commandLine.text : "";
  };

  test("`woma install` reads as a whole, and fits into 100 columns", () => {
    expect(help("--help", "install")).toBe(help("install", "-h"));
    expect(
      help("install", "-?")
        .split("\n")
        .filter((line) => line.length > 100),
    ).toEqual([]);
    expect(help("install", "--help")).toMatchInlineSnapshot(`
      "Usage: woma install PKG… | -r FILE | --locked [option …]

      Gets packages and what they need into the cache, where --with and imports find them: from Pyodide's
      distribution, and from a package index what that lacks. Prints first what comes from where.

      Arguments:
        PKG                          packages: numpy, 'pandas>=2,<3', 'httpx[http2]'

      Options:
        -r, --requirement <FILE>     the packages that a requirements file names; may be repeated
        --dry-run                    print the plan, and fetch nothing
        --lock                       write what was resolved, with hashes, to woma.lock
        --locked                     demand woma.lock: only its files, by its hashes
        --mirror <URL[,...]>         where the distribution's packages are, asked before its own server:
                                     http, https or file URLs, or directories (default: $WOMA_MIRROR)
        --offline                    send no request: only what the cache, and mirrors on this machine,
                                     have
        --install-timeout <SECONDS>  longest that one installation may take (default: 600)
        --max-download <MB>          most that one run may download (default: 2048)
        --max-packages <N>           most packages that one run may be given (default: 500)
        --cache-max <MB>             above this, the cache lets go of what was used least recently and is
                                     not in use (default: none)
        --pyodide-cache <PATH>       where snapshots and packages are kept (default: $WOMA_CACHE, else
                                     ~/.pyodide-env)
        -q, --quiet                  no progress on standard error
        -h, --help                   print this and exit
      "
    `);
  });

  test("`woma cache` reads as a whole, and fits into 100 columns", () => {
    expect(help("cache", "fetch", "--help")).toBe(help("cache", "-h"));
    expect(
      help("cache", "-h")
        .split("\n")
        .filter((line) => line.length > 100),
    ).toEqual([]);
    expect(help("cache", "--help")).toMatchInlineSnapshot(`
      "Usage: woma cache dir | list | size | verify | clean | fetch PKG… | fetch --all [option …]

      Packages are kept in a cache, which many processes, users and machines can share.

      dir          print where it is
      list         print the packages in it: name, version, bytes, when it was last used
      size         print the bytes that it takes
      verify       compare every file with its hash, and remove what is corrupt: exit status 1 if any was
      clean        remove everything that no running program uses
      fetch PKG…   get packages of the distribution, and what they need, into it
      fetch --all  get the whole distribution, about 420 MB; goes on where it was interrupted

      Options:
        --all                        the whole distribution
        --archive <URL|FILE>         take it from this release archive (pyodide-….tar.bz2)
        --human                      print the size as people read it: 412 MB
        --mirror <URL[,...]>         where the distribution's packages are, asked before its own server:
                                     http, https or file URLs, or directories (default: $WOMA_MIRROR)
        --offline                    send no request: only what the cache, and mirrors on this machine,
                                     have
        --install-timeout <SECONDS>  longest that one installation may take (default: 86400)
        --max-download <MB>          most that one run may download (default: 2048)
        --max-packages <N>           most packages that one run may be given (default: 500)
        --cache-max <MB>             above this, the cache lets go of what was used least recently and is
                                     not in use (default: none)
        --pyodide-cache <PATH>       where snapshots and packages are kept (default: $WOMA_CACHE, else
                                     ~/.pyodide-env)
        -q, --quiet                  no progress on standard error
        -h, --help                   print this and exit
      "
    `);
  });
});
