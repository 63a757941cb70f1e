import type { PackageFlags } from "../config.ts";
import { UsageError } from "../errors.ts";
import { newCommand, parseWords } from "./command-words.ts";
import { addCacheOption, addSupplyOptions, type PackageOptions, packageFlags } from "./package-options.ts";

/** `woma cache …`, as it was typed. */
export interface CacheInvocation {
  readonly action: CacheAction;
  readonly quiet: boolean;
  readonly cacheDirectory: string | undefined;
  readonly packages: PackageFlags;
}

export type CacheAction =
  | { readonly kind: "dir" | "list" | "verify" | "clean" }
  | { readonly kind: "size"; readonly human: boolean }
  | { readonly kind: "fetch"; readonly packages: readonly string[] }
  /** The whole distribution; `archive` is where its release archive is. */
  | { readonly kind: "fetch-all"; readonly archive: string | null };

interface CacheOptions extends PackageOptions {
  readonly all?: true;
  readonly archive?: string;
  readonly human?: true;
  readonly quiet?: true;
  readonly help?: true;
}

/** A day: the whole distribution is much for some lines, and nobody waits for it. */
const LONGEST_FETCH_SECONDS = 86_400;
const ACTIONS = ["dir", "list", "size", "verify", "clean", "fetch"] as const;

/** The words of `woma cache` but itself. Throws UsageError. */
export function parseCache(
  words: readonly string[],
): { kind: "cache"; invocation: CacheInvocation } | { kind: "help"; text: string } {
  const command = cacheDefinition();
  parseWords(command, words);
  const given = command.opts<CacheOptions>();
  if (given.help) return { kind: "help", text: command.helpInformation() };
  const invocation = {
    action: cacheAction(command.args, given),
    quiet: given.quiet ?? false,
    cacheDirectory: given.pyodideCache,
    packages: packageFlags(given),
  };
  return { kind: "cache", invocation };
}

function cacheAction([word, ...names]: readonly string[], given: CacheOptions): CacheAction {
  const action = ACTIONS.find((name) => name === word);
  if (action === undefined) {
    throw new UsageError(
      word === undefined ? "`woma cache` needs to be told what to do" : `\`woma cache\` cannot '${word}'`,
      `one of ${ACTIONS.join(", ")}; a file of that name is ./cache`,
    );
  }
  if (given.human && action !== "size") throw misplaced("--human", "size");
  if (given.all && action !== "fetch") throw misplaced("--all", "fetch");
  if (given.archive !== undefined && !given.all) throw misplaced("--archive", "fetch --all");
  if (action === "fetch") return fetchAction(names, given);
  if (names.length > 0) {
    throw new UsageError(`\`woma cache ${action}\` takes no arguments`, `'${names[0]}' is one too many`);
  }
  return action === "size" ? { kind: action, human: given.human ?? false } : { kind: action };
}

function fetchAction(names: readonly string[], { all, archive }: CacheOptions): CacheAction {
  if (all && names.length > 0) {
    throw new UsageError(
      `\`woma cache fetch --all\` takes no packages, and '${names[0]}' is one`,
      "the whole distribution has it",
    );
  }
  if (all) return { kind: "fetch-all", archive: archive ?? null };
  if (names.length === 0) {
    throw new UsageError(
      "`woma cache fetch` needs to be told what to fetch",
      "for example `woma cache fetch numpy pandas`, or `woma cache fetch --all`",
    );
  }
  const wrong = names.find((name) => !/^[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?$/.test(name));
  if (wrong === undefined) return { kind: "fetch", packages: names };
  throw new UsageError(
    `\`woma cache fetch\` takes names of the distribution's packages, not '${wrong}'`,
    "for example `woma cache fetch numpy`; `woma install` knows versions, extras and package indexes",
  );
}

function misplaced(option: string, action: string): UsageError {
  return new UsageError(`${option} belongs to \`woma cache ${action}\``, "try `woma cache --help`");
}

function cacheDefinition() {
  const command = newCommand("woma cache")
    .usage("dir | list | size | verify | clean | fetch PKG… | fetch --all [option …]")
    .description(
      [
        "Packages are kept in a cache, which many processes, users and machines can share.",
        "",
        "dir          print where it is",
        "list         print the packages in it: name, version, bytes, when it was last used",
        "size         print the bytes that it takes",
        "verify       compare every file with its hash, and remove what is corrupt: exit status 1 if any was",
        "clean        remove everything that no running program uses",
        "fetch PKG…   get packages of the distribution, and what they need, into it",
        "fetch --all  get the whole distribution, about 420 MB; goes on where it was interrupted",
      ].join("\n"),
    )
    .argument("[ACTION]")
    .argument("[PKG...]")
    .optionsGroup("Options:")
    .option("--all", "the whole distribution")
    .option("--archive <URL|FILE>", "take it from this release archive (pyodide-….tar.bz2)", archivePlace)
    .option("--human", "print the size as people read it: 412 MB");
  addSupplyOptions(command, LONGEST_FETCH_SECONDS);
  return addCacheOption(command)
    .option("-q, --quiet", "no progress on standard error")
    .option("-h, --help", "print this and exit");
}

function archivePlace(text: string): string {
  if (text !== "") return text;
  throw new UsageError("--archive takes a file or a URL, not nothing", "for example --archive pyodide.tar.bz2");
}
