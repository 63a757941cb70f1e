import { WomaError } from "../../errors.ts";
import type { IndexedFile } from "../index/index-page.ts";
import type { Lock } from "../lock.ts";
import type { PackageFile } from "../package-file.ts";
import { nameOf, type Requirement } from "./requirement.ts";

/** One package of a solver's answer, found to be one that it was offered. */
export interface ChosenPackage {
  readonly name: string;
  readonly version: string;
  readonly requiredBy: readonly string[];
  /** What an index listed; null for the lock's own. */
  readonly indexed: IndexedFile | null;
}

interface Offered {
  readonly lock: Lock;
  readonly excludedLock: ReadonlySet<string>;
  readonly listed: ReadonlyMap<string, ReadonlyMap<string, IndexedFile>>;
  /** Where requirements came from, which may be named among `requiredBy`. */
  readonly sources: ReadonlySet<string>;
}

/** Looks at what a cell has answered: each file must be one that was listed to it. Throws WomaError. */
export function checkResolution(answer: unknown, offered: Offered): ChosenPackage[] {
  const packages = fieldOf(answer, "packages");
  if (!Array.isArray(packages) || packages.length > MOST_PACKAGES) throw refusal("no list of packages");
  const names = new Set(packages.map((entry) => fieldOf(entry, "name")));
  if (names.size !== packages.length) throw refusal("a package twice");
  return packages.map((entry) => {
    const [name, version, file] = [fieldOf(entry, "name"), fieldOf(entry, "version"), fieldOf(entry, "file")];
    if (typeof name !== "string" || typeof version !== "string" || typeof file !== "string")
      throw refusal("no package");
    const given = fieldOf(entry, "requiredBy");
    const requiredBy = (Array.isArray(given) ? given : []).filter(
      (by) => typeof by === "string" && (names.has(by) || offered.sources.has(by)),
    );
    if (fieldOf(entry, "origin") === "lock") {
      const own = offered.excludedLock.has(name) ? undefined : offered.lock.packages.get(name);
      if (own?.fileName !== file) throw refusal(`a file that the lock does not have for ${JSON.stringify(name)}`);
      return { name, version: own.version, requiredBy, indexed: null };
    }
    const indexed = offered.listed.get(name)?.get(file);
    if (indexed === undefined) throw refusal(`a file that no index has for ${JSON.stringify(name)}`);
    return { name, version, requiredBy, indexed };
  });
}

/** Whether each file that hashes were demanded for has one of them, whatever the solver says. Throws WomaError. */
export function checkHashes(files: readonly PackageFile[], requirements: readonly Requirement[]): void {
  const demanded = Map.groupBy(
    requirements.filter(({ hashes }) => hashes.length > 0),
    nameOf,
  );
  for (const { name, sha256 } of files) {
    const demands = demanded.get(name)?.flatMap(({ hashes }) => hashes);
    if (demands?.includes(sha256) === false) throw refusal(`a file of another hash than is demanded for ${name}`);
  }
}

/** Extras that were asked for and that their packages do not have, in words; what is said in another form is left out. */
export function unknownExtras(answer: unknown): string[] {
  const extras = fieldOf(answer, "unknownExtras");
  return (Array.isArray(extras) ? extras.slice(0, MOST_TOLD) : []).flatMap((entry) => {
    const [name, version, extra] = [fieldOf(entry, "name"), fieldOf(entry, "version"), fieldOf(entry, "extra")];
    const isSaid = [name, version, extra].every((word) => typeof word === "string" && WORD.test(word));
    return isSaid ? [`${name} ${version} has no extra '${extra}': nothing is installed for it`] : [];
  });
}

/** Files that their projects have withdrawn, which are taken where just this version was asked for, and the reasons. */
export function yankedNotes(chosen: readonly ChosenPackage[]): string[] {
  return chosen.flatMap(({ name, version, indexed }) => {
    if (indexed === null || indexed.yanked === null) return [];
    const reason = indexed.yanked.replace(/\s+/g, " ").replace(/\p{C}/gu, "").trim().slice(0, LONGEST_REASON);
    return [`${name} ${version} was yanked: ${reason === "" ? "its project gives no reason" : reason}`];
  });
}

const LONGEST_REASON = 300;
const WORD = /^[\w.+!-]{1,100}$/;
const MOST_TOLD = 20;
const MOST_PACKAGES = 10_000;

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function refusal(what: string): WomaError {
  return new WomaError(`the resolver answered ${what.slice(0, 200)}`, {
    hint: "what it read on the package indexes may have been made to mislead it: leave out what you do not know",
  });
}
