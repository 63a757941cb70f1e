import type { Invocation } from "../config.ts";
import { UsageError } from "../errors.ts";
import { type CacheInvocation, parseCache } from "./cache-options.ts";
import { longWithValue, parseWords } from "./command-words.ts";
import { type InstallInvocation, parseInstall } from "./install-options.ts";
import { KILOBYTE, MEGABYTE } from "./option-values.ts";
import { lockMode, packageFlags } from "./package-options.ts";
import { checkImplementationOption, interpreterFlags, type RunOptions, runDefinition } from "./run-options.ts";
import { type SplitCommandLine, splitCommandLine } from "./split.ts";

export type CommandLine =
  | { readonly kind: "run"; readonly invocation: Invocation }
  | { readonly kind: "install"; readonly invocation: InstallInvocation }
  | { readonly kind: "cache"; readonly invocation: CacheInvocation }
  | { readonly kind: "doctor" }
  | { readonly kind: "version"; readonly long: boolean }
  | { readonly kind: "help"; readonly text: string };

/** Of the commands' own options, those with a value, since they may stand before the command's word. */
const COMMANDS_WITH_VALUE = ["--requirement", "--archive"];

/** Parses woma's arguments, without the executable. Throws UsageError. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const definition = runDefinition();
  const split = splitCommandLine(argv, new Set([...longWithValue(definition), ...COMMANDS_WITH_VALUE]));
  const word = split.program?.kind === "script" ? split.program.path : null;
  // A command's options may stand before its word as well as behind it.
  const words = [...split.options, ...split.argv.slice(1)];
  if (word === "install") return parseInstall(words);
  if (word === "cache") return parseCache(words);
  parseWords(definition, split.options);
  const given = definition.opts<RunOptions>();
  given.X?.forEach(checkImplementationOption);
  if (given.help) return { kind: "help", text: definition.helpInformation() };
  if (given.version > 0) return { kind: "version", long: given.version > 1 };
  if (word === "doctor") {
    if (split.argv.length === 1) return { kind: "doctor" };
    throw new UsageError("`woma doctor` takes no arguments", "a file of that name is ./doctor");
  }
  return { kind: "run", invocation: runInvocation(argv, split, given) };
}

function runInvocation(
  commandLine: readonly string[],
  { program, argv }: SplitCommandLine,
  given: RunOptions,
): Invocation {
  return {
    program,
    argv,
    commandLine,
    flags: interpreterFlags(given),
    resetGlobals: given.resetGlobals ?? false,
    keepHistory: given.history,
    cacheDirectory: given.pyodideCache,
    packages: packageFlags(given),
    requirements: given.with ?? [],
    lockMode: lockMode(given),
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
    networkLimits: {
      maximumConnections: given.maxConnections,
      maximumTransferredBytes: given.maxTransferred === undefined ? null : given.maxTransferred * MEGABYTE,
      maximumBytesPerSecond: given.maxRate === undefined ? null : given.maxRate * KILOBYTE,
    },
    transport: given.net,
    log: given.log ?? null,
    maximumWrittenBytes: given.maxWritten === undefined ? null : given.maxWritten * MEGABYTE,
  };
}
