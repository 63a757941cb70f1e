import { type Command, Option } from "commander";
import { DEFAULT_OPEN_FILES } from "../broker/kernel/objects.ts";
import { UsageError } from "../errors.ts";
import { DEFAULT_CONNECTIONS } from "../permissions/network-limits.ts";
import type { InterpreterFlags, Transport } from "../protocol/messages.ts";
import { newCommand } from "./command-words.ts";
import { collected, counted, LARGEST_TOTAL_MB, oneOf, secondsOf, wholeNumber } from "./option-values.ts";
import {
  addCacheOption,
  addLockOptions,
  addProgramPackageOptions,
  addSupplyOptions,
  type PackageOptions,
} from "./package-options.ts";

const DEFAULT_MEMORY_MB = 1024;
/** The interpreter alone takes about 32 MB; with less than this nothing can be imported. */
const SMALLEST_MEMORY_MB = 48;
const LARGEST_MEMORY_MB = 4095;
const FEWEST_OPEN_FILES = 8;
/** Emscripten's table of descriptors has no more places. */
const MOST_OPEN_FILES = 4096;
/** What an option without its value stands for. */
const ALL_HOSTS = "*";

export function runDefinition(): Command {
  const command = newCommand("woma")
    .usage(
      "[option …] [-c CODE | -m MODULE | FILE | -] [argument …]\n" +
        "       woma install PKG… | -r FILE [option …]\n" +
        "       woma cache dir|list|size|verify|clean|fetch [option …]\n" +
        "       woma doctor",
    )
    .description(
      "Python anywhere from one executable. Without a program: a prompt, or the program on standard input.\n" +
        "`woma install` and `woma cache` are about packages; each has a --help of its own.\n" +
        "`woma doctor` prints what this machine enforces; its exit status is 1 when the wall is incomplete.",
    );
  addOwnOptions(command);
  addGrants(command);
  addPackageOptions(command);
  addLimits(command);
  addPythonOptions(command);
  return command;
}

function addOwnOptions(command: Command): void {
  command
    .optionsGroup("What to run:")
    .option("-c <CODE>", "run CODE; all that follows is its arguments")
    .option("-m <MODULE>", "run a module by name, as python3 -m does; all that follows is its arguments")
    .option("-i", "open a prompt when the program has ended")
    .optionsGroup("woma's own options:")
    .option("--reset-globals", "at the prompt, run each entry in a pristine interpreter")
    .option("--no-history", "neither read nor keep the prompt's history")
    .addOption(
      new Option("--log <WHAT>", "what to log on standard error: net, a line for each connection").argParser(
        oneOf("--log", ["net"]),
      ),
    )
    .option("--insecure", "run without the wall around Python: only for code that you trust with all you have")
    .option("-V, --version", "print the versions of woma, Python, Pyodide and Bun; twice for more", counted, 0)
    .option("-h, --help", "print this and exit");
}

function addGrants(command: Command): void {
  command
    .optionsGroup("What the program may reach (nothing of yours but the program itself, unless granted):")
    .option(
      "--mount <HOST[:GUEST][:ro|rw]>",
      "your files at GUEST, or at their own path, to read and write; usually `--mount .`",
      collected,
    )
    .option("--allow-read <PATH[,...]>", "files and directories to read, at their own paths", collected)
    .option("--allow-write <PATH[,...]>", "the same, to read and write", collected)
    .option("--allow-env <NAME[,...]>", "environment variables; NAME* for all that begin so", collected)
    .addOption(
      new Option("--allow-net [HOST[:PORT],...]", "hosts to connect to besides public ones; without any, all")
        .preset(ALL_HOSTS)
        .argParser(hosts),
    )
    .addOption(
      new Option("--deny-net [HOST[:PORT],...]", "hosts not to connect to; without any, none")
        .preset(ALL_HOSTS)
        .argParser(hosts),
    )
    .addOption(
      new Option("--net <HOW>", "sockets, or xhr: no sockets, HTTP alone, by XMLHttpRequest")
        .argParser(oneOf("--net", ["sockets", "xhr"]))
        .default("sockets"),
    );
}

function addPackageOptions(command: Command): void {
  command.optionsGroup("Packages:");
  addProgramPackageOptions(command);
  addLockOptions(command);
  addSupplyOptions(command);
  addCacheOption(command);
}

function addLimits(command: Command): void {
  command
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
      new Option("--max-connections <N>", "network connections open at a time; then OSError (EMFILE)")
        .argParser(wholeNumber("--max-connections", "a whole number", [1, MOST_OPEN_FILES]))
        .default(DEFAULT_CONNECTIONS),
    )
    .addOption(
      new Option(
        "--max-transferred <MB>",
        "sent and received over the network in all; then OSError (EDQUOT) (default: none)",
      ).argParser(wholeNumber("--max-transferred", "whole MB", [1, LARGEST_TOTAL_MB])),
    )
    .addOption(
      new Option(
        "--max-rate <KB>",
        "sent and received over the network in a second; more waits (default: none)",
      ).argParser(wholeNumber("--max-rate", "whole KB", [1, LARGEST_TOTAL_MB])),
    )
    .addOption(
      new Option(
        "--max-written <MB>",
        "written to mounted files in all; then OSError (EDQUOT) (default: none)",
      ).argParser(wholeNumber("--max-written", "whole MB", [1, LARGEST_TOTAL_MB])),
    );
}

function addPythonOptions(command: Command): void {
  command
    .optionsGroup("python3's options:")
    .option("-q", "no banner before the prompt, no progress of downloads")
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

export function interpreterFlags(given: RunOptions): InterpreterFlags {
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
export interface RunOptions extends PackageOptions {
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
  readonly insecure?: true;
  readonly with?: string[];
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
  readonly maxConnections: number;
  readonly maxTransferred?: number;
  readonly maxRate?: number;
  readonly net: Transport;
  readonly log?: "net";
  readonly timeout?: number;
  readonly memory: number;
  readonly version: number;
  readonly help?: true;
}

const hosts = (value: string, before: (string | true)[] = []) => [...before, value === ALL_HOSTS || value];

/** CPython refuses to start with these; woma says what it would take. */
export function checkImplementationOption(option: string): void {
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
