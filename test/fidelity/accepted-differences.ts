import type { Outcome } from "./outcome.ts";

/** One stream of one case in which woma differs from python3 on purpose, or because it cannot do otherwise. */
export interface AcceptedDifference {
  readonly case: string;
  readonly in: keyof Outcome;
  readonly reason: string;
  /**
   * What woma gives, from what python3 gave (both normalised; the exit code in decimal). The test holds it: a
   * difference that is gone, or that became another one, fails.
   */
  readonly woma: (python: string) => string;
}

const OWN_WORDS =
  "a command line or a file that woma cannot use is reported in woma's own words; the exit code is python3's";
const ONLY_IMPORTS = "files beside the script are given to imports alone, never to open()";
const NO_HARD_LINKS = "Emscripten's in-memory file system has no hard links";
const NO_OPENSSL = "hashlib takes it from OpenSSL, which Pyodide's CPython is built without";
const READ_AT_START =
  "C reads this from the configuration that an interpreter starts with, and a restored one has started already";
const TEMPORARY_COPY =
  "what is imported through the broker is no file of the cell's: as_file gives a temporary copy, as it does out of a zip file";
const OLDER_PATCH = "3.14.2 lacks the fix of python/cpython#151461, which the recording's newer patch release has";

export const acceptedDifferences: readonly AcceptedDifference[] = [
  ...usage("command-line/code-missing", "-c needs a value"),
  ...usage("command-line/module-missing-name", "-m needs a value"),
  ...usage("command-line/no-argument-for-x", "-X needs a value"),
  ...usage("command-line/unknown-flag", "unknown option '-Z'"),
  ...usage("command-line/unknown-long-flag", "unknown option '--no-such-flag'"),
  ...usage("command-line/w-without-value", "-W needs a value"),
  ...absent("command-line/flags-isolated", noneHas("neighbour")),
  ...absent("modules/module-absent", noneHas("no_such_module_at_all")),
  ...absent("modules/module-import-fails", noneHas("no_such_dependency")),
  ...absent("modules/module-isolated", `did you mean 'toolz'? If not, ${fromIndex("tool")}`),
  ...absent("modules/module-safe-path", `did you mean 'toolz'? If not, ${fromIndex("tool")}`),
  ...absent("modules/not-found", noneHas("no_such_module_at_all")),
  ...absent("traceback/suggest-module-not-found", "did you mean 'collections'?"),
  ...absent("modules/parent-absent", noneHas("absent")),

  ...unusableFile("command-line/directory-without-main", "name a file, or put a __main__.py into the directory"),
  ...unusableFile("command-line/missing-script", "check the spelling; to run code given as text, use -c"),
  ...unusableFile(
    "command-line/missing-script-in-missing-folder",
    "check the spelling; to run code given as text, use -c",
  ),

  ...fails("modules/data-beside-the-module", ONLY_IMPORTS, [
    "Traceback (most recent call last):",
    '  File "<dir>/main.py", line 1, in <module>',
    "    import pkg",
    '  File "<dir>/pkg/__init__.py", line 2, in <module>',
    '    text = open(os.path.join(os.path.dirname(__file__), "table.csv")).read()',
    "           ~~~~^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    "FileNotFoundError: [Errno 2] No such file or directory: '<dir>/pkg/table.csv'",
  ]),
  ...fails("modules/m-tokenize", ONLY_IMPORTS, ["error: [Errno 2] No such file or directory: 'sample.py'"]),
  ...fails("modules/runpy", ONLY_IMPORTS, [
    "Traceback (most recent call last):",
    '  File "<dir>/main.py", line 2, in <module>',
    '    print(runpy.run_path("other.py", run_name="given")["result"])',
    "          ~~~~~~~~~~~~~~^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    '  File "<frozen runpy>", line #, in run_path',
    '  File "<frozen runpy>", line #, in _get_code_from_file',
    "FileNotFoundError: [Errno 2] No such file or directory: '<dir>/other.py'",
  ]),
  ...fails("stdlib/doctest-module", ONLY_IMPORTS, [
    "Traceback (most recent call last):",
    '  File "<frozen runpy>", line #, in _run_module_as_main',
    '  File "<frozen runpy>", line #, in _run_code',
    '  File "<stdlib>/doctest.py", line #, in <module>',
    "    sys.exit(_test())",
    "             ~~~~~^^",
    '  File "<stdlib>/doctest.py", line #, in _test',
    "    failures, _ = testfile(filename, module_relative=False,",
    "                  ~~~~~~~~^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    "                             verbose=verbose, optionflags=options)",
    "                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    '  File "<stdlib>/doctest.py", line #, in testfile',
    "    text, filename = _load_testfile(filename, package, module_relative,",
    "                     ~~~~~~~~~~~~~~^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    '                                    encoding or "utf-8")',
    "                                    ^^^^^^^^^^^^^^^^^^^^",
    '  File "<stdlib>/doctest.py", line #, in _load_testfile',
    "    with open(filename, encoding=encoding) as f:",
    "         ~~~~^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    "FileNotFoundError: [Errno 2] No such file or directory: 'text.txt'",
  ]),

  ...fails("os/hard-links", NO_HARD_LINKS, [
    "Traceback (most recent call last):",
    '  File "<dir>/main.py", line 4, in <module>',
    '    os.link("a", "b")',
    "    ^^^^^^^",
    "AttributeError: module 'os' has no attribute 'link'. Did you mean: 'unlink'?",
  ]),
  ...fails(
    "stdlib/hashlib-key-derivation",
    NO_OPENSSL,
    [
      "Traceback (most recent call last):",
      '  File "<dir>/main.py", line 3, in <module>',
      '    print(hashlib.scrypt(b"woma", salt=b"s", n=2, r=1, p=1).hex())',
      "          ^^^^^^^^^^^^^^",
      "AttributeError: module 'hashlib' has no attribute 'scrypt'",
    ],
    // What comes before it is python3's.
    (python) => `${python.split("\n")[0]}\n`,
  ),

  {
    case: "command-line/flags-x-no-debug-ranges",
    in: "stderr",
    reason: READ_AT_START,
    woma: (python) => python.replace('    print(x["a"]["b"])\n', "$&          ~~~~~~^^^^^\n"),
  },
  { case: "warnings/encoding", in: "stdout", reason: READ_AT_START, woma: (python) => python.replace("1", "0") },
  { case: "warnings/encoding", in: "stderr", reason: READ_AT_START, woma: () => "" },
  {
    case: "traceback/circular-import",
    in: "stderr",
    reason: `the hint looks at sys_path_0: ${READ_AT_START}`,
    woma: (python) =>
      python.replace(
        /from 'first' \(consider renaming .*\)/,
        "from partially initialized module 'first' (most likely due to a circular import) (<dir>/first.py)",
      ),
  },
  {
    case: "traceback/module-attribute-shadowed",
    in: "stderr",
    reason: `the hint looks at sys_path_0: ${READ_AT_START}`,
    woma: (python) => python.replace(/ \(consider renaming .*\)/, ""),
  },

  {
    case: "modules/package-data",
    in: "stdout",
    reason: TEMPORARY_COPY,
    woma: (python) => python.replace(/^data\.txt/m, "tmp########data.txt"),
  },
  {
    case: "source/unknown-cookie",
    in: "stderr",
    reason: OLDER_PATCH,
    woma: () => "SyntaxError: encoding problem: klingon\n",
  },
];

function usage(name: string, error: string): readonly AcceptedDifference[] {
  return [
    { case: name, in: "stderr", reason: OWN_WORDS, woma: () => `error: ${error}\n\nhint: try \`woma --help\`\n` },
  ];
}

/** python3's own sentence, with a hint. */
function unusableFile(name: string, hint: string): readonly AcceptedDifference[] {
  return [
    {
      case: name,
      in: "stderr",
      reason: OWN_WORDS,
      woma: (python) => `${python.replace(/^woma: /, "error: ")}\nhint: ${hint}\n`,
    },
  ];
}

/** What a package could have is no end of the matter. */
function absent(name: string, hint: string): readonly AcceptedDifference[] {
  const reason = "a module that is not there may be had; the error itself is python3's";
  return [{ case: name, in: "stderr", reason, woma: (python) => `${python}\nhint: ${hint}\n` }];
}

function noneHas(module: string): string {
  return `no package of the distribution has it; ${fromIndex(module)}`;
}

function fromIndex(module: string): string {
  return `\`woma --with ${module}\` takes a package of that name from the package index, if there is one`;
}

/** A case that python3 completes, and woma ends at once with status 1. */
function fails(
  name: string,
  reason: string,
  stderr: readonly string[],
  stdout: AcceptedDifference["woma"] = () => "",
): readonly AcceptedDifference[] {
  return [
    { case: name, in: "exitCode", reason, woma: () => "1" },
    { case: name, in: "stdout", reason, woma: stdout },
    { case: name, in: "stderr", reason, woma: () => `${stderr.join("\n")}\n` },
  ];
}
