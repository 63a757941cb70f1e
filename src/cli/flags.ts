import { Command, CommanderError, Option } from "commander";
import { DEFAULT_OPEN_FILES } from "../broker/kernel/objects.ts";
import type { Invocation } from "../config.ts";
import { UsageError } from "../errors.ts";
import type { InterpreterFlags } from "../protocol/messages.ts";
import { splitCommandLine } from "./split.ts";

const DEFAULT_MEMORY_MB = 1024;
/** The interpreter alone takes about 32 MB; with less than this nothing can be imported. */
const SMALLEST_MEMORY_MB = 48;
const LARGEST_MEMORY_MB = 4095;
const LONGEST_TIMEOUT_SECONDS = 1_000_000;
const MEGABYTE = 1024 * 1024;
const LARGEST_TOTAL_MB = 1_000_000_000;
const FEWEST_OPEN_FILES = 8;
/** Emscripten's table of descriptors has no more places. */
const MOST_OPEN_FILES = 4096;

const DOCTOR = "doctor";
/** What an option without its value stands for. */
const ALL_HOSTS = "*";
/** Options that may be given again and add up. */
const ACCUMULATING = new Set(["--allow-read", "--allow-write", "--mount", "--allow-env", "--allow-net", "--deny-net"]);

export type CommandLine =
  | { readonly kind: "run"; readonly invocation: Invocation }
  | { readonly kind: "doctor" }
  | { readonly kind: "version"; readonly long: boolean }
  | { readonly kind: "help"; readonly text: string };

/** Parses woma's arguments, without the executable. Throws UsageError. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const command = commandDefinition();
  const withValue = new Set(command.options.flatMap((option) => (option.required && option.long ? [option.long] : [])));
  const { options, program, argv: programArgv } = splitCommandLine(argv, withValue);
  refuseRepeated(options, new Set([...withValue].filter((name) => !ACCUMULATING.has(name))));
  try {
    command.parse(
      options.map((option) => (option === "-?" ? "-h" : option)),
      { from: "user" },
    );
  } catch (error) {
    if (error instanceof CommanderError) throw usageError(error);
    throw error;
  }
  const given = command.opts<Options>();
  given.X?.forEach(checkImplementationOption);
  if (given.help) return { kind: "help", text: command.helpInformation() };
  if (given.version > 0) return { kind: "version", long: given.version > 1 };
  if (program?.kind === "script" && program.path === DOCTOR) {
    if (programArgv.length > 1)
      throw new UsageError("`woma doctor` takes no arguments", "a file of that name is ./doctor");
    return { kind: "doctor" };
  }
  return {
    kind: "run",
    invocation: {
      program,
      argv: programArgv,
      commandLine: argv,
      flags: interpreterFlags(given),
      resetGlobals: given.resetGlobals ?? false,
      keepHistory: given.history,
      cacheDirectory: given.pyodideCache,
      insecure: given.insecure ?? false,
      grants: {
        reading: given.allowRead ?? [],
        writing: given.allowWrite ?? [],
        mounts: given.mount ?? [],
        variables: given.allowEnv ?? [],
        network: [
          ...(given.allowNet ?? []).map((value) => ["--allow-net", value] as const),
          ...(given.denyNet ?? []).map((value) => ["--deny-net", value] as const),
        ],
      },
      timeoutMs: given.timeout === undefined ? null : given.timeout * 1000,
      cpuTimeMs: given.cpuTime === undefined ? null : given.cpuTime * 1000,
      memoryLimitBytes: given.memory * MEGABYTE,
      maximumOutputBytes: given.maxOutput === undefined ? null : given.maxOutput * MEGABYTE,
      maximumOpenFiles: given.maxOpenFiles,
      maximumWrittenBytes: given.maxWritten === undefined ? null : given.maxWritten * MEGABYTE,
    },
  };
}

function interpreterFlags(given: Options): InterpreterFlags {
  const isolated = given.I ?? false;
  return {
    inspect: given.i ?? false,
    quiet: given.q ?? false,
    unbuffered: given.u ?? false,
    dontWriteBytecode: given.B ?? false,
    ignoreEnvironment: isolated || (given.E ?? false),
    isolated,
    safePath: isolated || (given.P ?? false),
    noUserSite: isolated || (given.s ?? false),
    noSite: given.S ?? false,
    skipFirstLine: given.x ?? false,
    optimize: given.O,
    verbose: given.v,
    bytesWarning: given.b,
    warnOptions: given.W ?? [],
    xOptions: given.X ?? [],
  };
}

/** Commander names an option after its long form, else its letter. */
interface Options {
  readonly i?: true;
  readonly q?: true;
  readonly u?: true;
  readonly B?: true;
  readonly E?: true;
  readonly I?: true;
  readonly P?: true;
  readonly s?: true;
  readonly S?: true;
  readonly x?: true;
  readonly O: number;
  readonly v: number;
  readonly b: number;
  readonly W?: string[];
  readonly X?: string[];
  readonly resetGlobals?: true;
  readonly history: boolean;
  readonly pyodideCache?: string;
  readonly insecure?: true;
  readonly allowRead?: string[];
  readonly allowWrite?: string[];
  readonly mount?: string[];
  readonly allowEnv?: string[];
  readonly allowNet?: (string | true)[];
  readonly denyNet?: (string | true)[];
  readonly cpuTime?: number;
  readonly maxOutput?: number;
  readonly maxOpenFiles: number;
  readonly maxWritten?: number;
  readonly timeout?: number;
  readonly memory: number;
  readonly version: number;
  readonly help?: true;
}

const counted = (_: unknown, before: number) => before + 1;
const collected = (value: string, before: string[] = []) => [...before, value];

function commandDefinition(): Command {
  return new Command("woma")
    .usage("[option …] [-c CODE | -m MODULE | FILE | -] [argument …]\n       woma doctor")
    .description(
      "Python anywhere from one executable. Without a program: a prompt, or the program on standard input.\n" +
        "`woma doctor` prints what this machine enforces; its exit status is 1 when the wall is incomplete.",
    )
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
    .configureHelp({ helpWidth: 100 })
    .helpOption(false)
    .allowExcessArguments(false)
    .optionsGroup("What to run:")
    .option("-c <CODE>", "run CODE; all that follows is its arguments")
    .option("-m <MODULE>", "run a module by name, as python3 -m does; all that follows is its arguments")
    .option("-i", "open a prompt when the program has ended")
    .optionsGroup("woma's own options:")
    .option("--reset-globals", "at the prompt, run each entry in a pristine interpreter")
    .option(
      "--pyodide-cache <PATH>",
      "where snapshots and packages are kept (default: $WOMA_CACHE, else ~/.pyodide-env)",
      cachePath,
    )
    .option("--no-history", "neither read nor keep the prompt's history")
    .option("--insecure", "run without the wall around Python: only for code that you trust with all you have")
    .option("-V, --version", "print the versions of woma, Python, Pyodide and Bun; twice for more", counted, 0)
    .option("-h, --help", "print this and exit")
    .optionsGroup("What the program may reach (nothing of yours but the program itself, unless granted):")
    .option(
      "--mount <HOST[:GUEST][:ro|rw]>",
      "your files at GUEST, or at their own path, to read and write; usually `--mount .`",
      grant,
    )
    .option("--allow-read <PATH[,...]>", "files and directories to read, at their own paths", grant)
    .option("--allow-write <PATH[,...]>", "the same, to read and write", grant)
    .option("--allow-env <NAME[,...]>", "environment variables; NAME* for all that begin so", grant)
    .addOption(
      new Option("--allow-net [HOST[:PORT],...]", "hosts to connect to (parsed; this woma has no network yet)")
        .preset(ALL_HOSTS)
        .argParser(hosts),
    )
    .addOption(
      new Option("--deny-net [HOST[:PORT],...]", "hosts not to connect to; without any, none")
        .preset(ALL_HOSTS)
        .argParser(hosts),
    )
    .optionsGroup("Limits:")
    .addOption(
      new Option(
        "--timeout <SECONDS>",
        "interrupt the program after this time, kill it 1 s later: exit status 124 (default: none)",
      ).argParser(secondsOf("--timeout")),
    )
    .addOption(
      new Option(
        "--cpu-time <SECONDS>",
        "the same, by the processor time it has used: exit status 152 (default: none)",
      ).argParser(secondsOf("--cpu-time")),
    )
    .addOption(
      new Option("--memory <MB>", "largest memory of the interpreter; past it Python raises MemoryError")
        .argParser(wholeNumber("--memory", "whole MB", [SMALLEST_MEMORY_MB, LARGEST_MEMORY_MB]))
        .default(DEFAULT_MEMORY_MB),
    )
    .addOption(
      new Option(
        "--max-output <MB>",
        "end a program that prints more on standard output and error: exit status 153 (default: none)",
      ).argParser(wholeNumber("--max-output", "whole MB", [1, LARGEST_TOTAL_MB])),
    )
    .addOption(
      new Option("--max-open-files <N>", "files, pipes and streams open at a time; then OSError (EMFILE)")
        .argParser(wholeNumber("--max-open-files", "a whole number", [FEWEST_OPEN_FILES, MOST_OPEN_FILES]))
        .default(DEFAULT_OPEN_FILES),
    )
    .addOption(
      new Option(
        "--max-written <MB>",
        "written to mounted files in all; then OSError (EDQUOT) (default: none)",
      ).argParser(wholeNumber("--max-written", "whole MB", [1, LARGEST_TOTAL_MB])),
    )
    .optionsGroup("python3's options:")
    .option("-q", "no banner before the prompt")
    .option("-u", "unbuffered standard output and error")
    .option("-B", "set sys.dont_write_bytecode")
    .option("-O", "drop assertions; -OO drops docstrings too", counted, 0)
    .option("-W <FILTER>", "warnings filter, as in python3 -W; may be repeated", collected)
    .option("-X <OPTION>", "implementation option, as in python3 -X; may be repeated", collected)
    .option("-b", "warn about comparing bytes with str; -bb raises an error", counted, 0)
    .option("-v", "trace imports on standard error", counted, 0)
    .option("-I", "isolated: -E, -P and -s")
    .option("-P", "do not put the script's or the current directory on sys.path, nor import from it")
    .option("-E", "ignore PYTHON* variables (a program sees none)")
    .option("-s", "no user site directory (there is none)")
    .option("-S", "do not import site")
    .option("-x", "skip the first line of FILE")
    .option("-d", "accepted, without effect: debugs the parser of a debug build")
    .option("-R", "accepted, without effect: hashes of str are the same in each run")
    .option("--check-hash-based-pycs <MODE>", "accepted, without effect: there are no .pyc files of the user's");
}

/** CPython refuses to start with these; woma says what it would take. */
function checkImplementationOption(option: string): void {
  const [name, value] = option.split("=", 2);
  if (value === undefined) return;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (name === "int_max_str_digits" && !(number === 0 || number >= 640)) {
    throw new UsageError(`-X int_max_str_digits takes 0 or a number from 640, not '${value}'`, "0 means no limit");
  }
  if (name === "tracemalloc" && !(number <= 65535)) {
    throw new UsageError(`-X tracemalloc takes a number of frames up to 65535, not '${value}'`, "0 means off");
  }
}

const grant = (value: string, before: string[] = []) => [...before, value];
const hosts = (value: string, before: (string | true)[] = []) => [...before, value === ALL_HOSTS || value];

function secondsOf(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d*\.?\d+$/.test(text) || !(value > 0 && value <= LONGEST_TIMEOUT_SECONDS)) {
      throw new UsageError(
        `${option} takes seconds, more than 0 and at most ${LONGEST_TIMEOUT_SECONDS}, not '${text}'`,
        `for example ${option} 2.5`,
      );
    }
    return value;
  };
}

function wholeNumber(option: string, what: string, [least, most]: readonly [number, number]): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new UsageError(
        `${option} takes ${what} from ${least} to ${most}, not '${text}'`,
        `for example ${option} ${Math.max(least, 512)}`,
      );
    }
    return value;
  };
}

function cachePath(text: string): string {
  if (text !== "") return text;
  throw new UsageError("--pyodide-cache takes a directory, not nothing", "is the variable that it comes from set?");
}

/** An option with one value, given twice, is a mistake and not a choice. */
function refuseRepeated(options: readonly string[], withValue: ReadonlySet<string>): void {
  const seen = new Set<string>();
  for (const option of options) {
    const name = option.split("=")[0] ?? option;
    if (!withValue.has(name)) continue;
    if (seen.has(name)) throw new UsageError(`${name} is given twice`, "give it once; it takes one value");
    seen.add(name);
  }
}

function usageError(error: CommanderError): UsageError {
  const message = error.message.replace(/^error: /, "").replace(/\.$/, "");
  const [summary, ...suggestion] = message.split("\n");
  const hint = suggestion
    .join(" ")
    .replace(/^\((.*)\)$/, "$1")
    .toLowerCase();
  return new UsageError(summary ?? message, hint === "" ? undefined : hint);
}
