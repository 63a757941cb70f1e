import type { LockMode, PackageFlags } from "../config.ts";
import { UsageError } from "../errors.ts";
import { newCommand, parseWords } from "./command-words.ts";
import { collected } from "./option-values.ts";
import {
  addCacheOption,
  addLockOptions,
  addSupplyOptions,
  lockMode,
  type PackageOptions,
  packageFlags,
} from "./package-options.ts";
import { checkRequirement } from "./requirement-texts.ts";

/** `woma install`, as it was typed. */
export interface InstallInvocation {
  readonly requirements: readonly string[];
  /** -r: read only when they are needed. */
  readonly requirementFiles: readonly string[];
  readonly dryRun: boolean;
  readonly quiet: boolean;
  readonly cacheDirectory: string | undefined;
  readonly packages: PackageFlags;
  readonly lockMode: LockMode;
}

interface InstallOptions extends PackageOptions {
  readonly requirement?: string[];
  readonly dryRun?: true;
  readonly quiet?: true;
  readonly help?: true;
}

/** The words of `woma install` but itself. Throws UsageError. */
export function parseInstall(
  words: readonly string[],
): { kind: "install"; invocation: InstallInvocation } | { kind: "help"; text: string } {
  const command = installDefinition();
  parseWords(command, words);
  const given = command.opts<InstallOptions>();
  if (given.help) return { kind: "help", text: command.helpInformation() };
  const requirements = command.args.map((text) => checkRequirement("`woma install`", text));
  const requirementFiles = given.requirement ?? [];
  if (requirements.length + requirementFiles.length === 0 && !given.locked) {
    throw new UsageError(
      "`woma install` needs to be told what to install",
      "for example `woma install numpy`, or `woma install -r requirements.txt`; a file of that name is ./install",
    );
  }
  return {
    kind: "install",
    invocation: {
      requirements,
      requirementFiles,
      dryRun: given.dryRun ?? false,
      quiet: given.quiet ?? false,
      cacheDirectory: given.pyodideCache,
      packages: packageFlags(given),
      lockMode: lockMode(given),
    },
  };
}

function installDefinition() {
  const command = newCommand("woma install")
    .usage("PKG… | -r FILE | --locked [option …]")
    .description(
      "Gets packages and what they need into the cache, where --with and imports find them: from Pyodide's\n" +
        "distribution, and from a package index what that lacks. Prints first what comes from where.",
    )
    .argument("[PKG...]", "packages: numpy, 'pandas>=2,<3', 'httpx[http2]'")
    .optionsGroup("Options:")
    .option("-r, --requirement <FILE>", "the packages that a requirements file names; may be repeated", fileName)
    .option("--dry-run", "print the plan, and fetch nothing");
  addLockOptions(command);
  addSupplyOptions(command);
  return addCacheOption(command)
    .option("-q, --quiet", "no progress on standard error")
    .option("-h, --help", "print this and exit");
}

function fileName(text: string, before: string[] = []): string[] {
  if (text === "") throw new UsageError("-r takes a file, not nothing", "for example -r requirements.txt");
  return collected(text, before);
}
