import { type Command, Option } from "commander";
import type { LockMode, PackageFlags } from "../config.ts";
import { UsageError } from "../errors.ts";
import { cachePath, collected, LARGEST_TOTAL_MB, MEGABYTE, oneOf, secondsOf, wholeNumber } from "./option-values.ts";
import { splitRequirements } from "./requirement-texts.ts";

const DEFAULT_INSTALL_TIMEOUT_SECONDS = 600;
const DEFAULT_DOWNLOAD_MB = 2048;
const DEFAULT_PACKAGES = 500;
const MOST_PACKAGES = 100_000;

/** What the options below leave behind; commander names them. */
export interface PackageOptions {
  readonly pyodideCache?: string;
  readonly mirror?: string[];
  readonly offline?: true;
  readonly locked?: true;
  readonly lock?: true;
  readonly autoInstall?: PackageFlags["autoInstall"];
  readonly installTimeout: number;
  readonly maxDownload: number;
  readonly maxPackages: number;
  readonly cacheMax?: number;
}

/** Those that concern what one program is given. */
export function addProgramPackageOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--with <PKG[,...]>",
        "have these for the program, from the lock or an index: numpy, 'pandas>=2,<3', 'httpx[http2]'",
      ).argParser((text: string, before: string[] = []) => [...before, ...splitRequirements("--with", text)]),
    )
    .addOption(
      new Option("--auto-install <WHICH>", "what an import may install: lock, index (any package), or off")
        .argParser(oneOf("--auto-install", ["lock", "index", "off"]))
        .default("lock", "lock"),
    );
}

/** Where the cache is: for all commands. */
export function addCacheOption(command: Command): Command {
  return command.option(
    "--pyodide-cache <PATH>",
    "where snapshots and packages are kept (default: $WOMA_CACHE, else ~/.pyodide-env)",
    cachePath,
  );
}

/** Those of every command that may download. */
export function addSupplyOptions(command: Command, timeoutSeconds = DEFAULT_INSTALL_TIMEOUT_SECONDS): Command {
  return command
    .option(
      "--mirror <URL[,...]>",
      "where the distribution's packages are, asked before its own server: http, https or file URLs, or directories (default: $WOMA_MIRROR)",
      collected,
    )
    .option("--offline", "send no request: only what the cache, and mirrors on this machine, have")
    .addOption(
      new Option("--install-timeout <SECONDS>", "longest that one installation may take")
        .argParser(secondsOf("--install-timeout"))
        .default(timeoutSeconds),
    )
    .addOption(
      new Option("--max-download <MB>", "most that one run may download")
        .argParser(wholeNumber("--max-download", "whole MB", [1, LARGEST_TOTAL_MB]))
        .default(DEFAULT_DOWNLOAD_MB),
    )
    .addOption(
      new Option("--max-packages <N>", "most packages that one run may be given")
        .argParser(wholeNumber("--max-packages", "a whole number", [1, MOST_PACKAGES]))
        .default(DEFAULT_PACKAGES),
    )
    .addOption(
      new Option(
        "--cache-max <MB>",
        "above this, the cache lets go of what was used least recently and is not in use (default: none)",
      ).argParser(wholeNumber("--cache-max", "whole MB", [1, LARGEST_TOTAL_MB])),
    );
}

export function addLockOptions(command: Command): Command {
  return command
    .option("--lock", "write what was resolved, with hashes, to woma.lock")
    .option("--locked", "demand woma.lock: only its files, by its hashes");
}

export function packageFlags(given: PackageOptions): PackageFlags {
  return {
    mirrors: given.mirror ?? [],
    offline: given.offline ?? false,
    // What is named on the command line of `woma install` may come from the index in any case.
    autoInstall: given.autoInstall ?? "lock",
    installTimeoutMs: given.installTimeout * 1000,
    maximumDownloadBytes: given.maxDownload * MEGABYTE,
    maximumPackages: given.maxPackages,
    cacheLimitBytes: given.cacheMax === undefined ? null : given.cacheMax * MEGABYTE,
  };
}

export function lockMode({ lock, locked }: PackageOptions): LockMode {
  if (lock && locked) {
    throw new UsageError("--lock writes woma.lock, and --locked demands that it is there", "give one of them");
  }
  return locked ? "required" : lock ? "write" : "none";
}
