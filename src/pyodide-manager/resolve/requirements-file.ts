import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { WomaError } from "../../errors.ts";
import { NO_CHOICE, type PackageSources } from "../index/pip-settings.ts";
import type { Requirement } from "./requirement.ts";

/** All that a requirements file says, those that it names included. */
export interface RequirementsFile {
  readonly requirements: readonly Requirement[];
  /** Versions of packages, should they be needed. */
  readonly constraints: readonly Requirement[];
  /** Where packages are to be had, which comes before the user's settings. */
  readonly sources: PackageSources;
}

/** Values for `${NAME}`. */
type Variables = Readonly<Record<string, string | undefined>>;

/** Reads a file as pip does (pip.pypa.io, "Requirements File Format"). Throws WomaError naming file and line. */
export function readRequirementsFile(path: string, variables: Variables = {}): RequirementsFile {
  const found: Found = { requirements: [], constraints: [], sources: { ...NO_CHOICE }, needsHashes: false };
  readInto(found, { path, variables, kind: "requirements", open: [] });
  const unhashed = found.requirements.find(({ hashes }) => hashes.length === 0);
  const anyHashed = found.needsHashes || found.requirements.some(({ hashes }) => hashes.length > 0);
  if (anyHashed && unhashed !== undefined) {
    throw new WomaError(`${unhashed.source}: '${unhashed.text}' has no --hash, and others have`, {
      hint: "give every requirement its --hash=sha256:…, as `pip-compile --generate-hashes` writes them, or none",
      exitStatus: 2,
    });
  }
  return found;
}

interface Found {
  readonly requirements: Requirement[];
  readonly constraints: Requirement[];
  sources: PackageSources;
  needsHashes: boolean;
}

interface Reading {
  readonly path: string;
  readonly variables: Variables;
  readonly kind: "requirements" | "constraints";
  /** The files that named this one. */
  readonly open: readonly string[];
}

interface Line {
  readonly text: string;
  /** `requirements.txt, line 3`. */
  readonly place: string;
}

function readInto(found: Found, reading: Reading): void {
  const path = resolve(reading.path);
  if (reading.open.includes(path)) throw new WomaError(`${reading.path} names itself, by way of others`);
  const nested = { ...reading, open: [...reading.open, path] };
  for (const line of linesOf(reading)) {
    if (line.text.startsWith("-")) readOption(found, line, nested);
    else (reading.kind === "requirements" ? found.requirements : found.constraints).push(requirementOf(line));
  }
}

/** Continued lines are one; comments and empty lines are none. */
function* linesOf({ path, variables }: Reading): Generator<Line> {
  const lines = readText(path).split(/\r\n|\r|\n/);
  for (let index = 0; index < lines.length; index++) {
    const place = `${path}, line ${index + 1}`;
    let text = lines[index] ?? "";
    while (text.endsWith("\\") && index + 1 < lines.length) {
      index += 1;
      const next = lines[index] ?? "";
      // A comment does not go on, and ends what it stands in.
      text = /^\s*#/.test(next) ? text.slice(0, -1) : text.slice(0, -1) + next;
    }
    const stripped = text.replace(/(?:^|\s)#.*$/, "").trim();
    const expanded = stripped.replace(/\$\{([A-Z0-9_]+)\}/g, (whole, name: string) => variables[name] || whole);
    if (expanded !== "") yield { text: expanded, place };
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8").replace(/^\ufeff/, "");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = { ENOENT: "there is no such file", EACCES: "permission denied", EISDIR: "it is a directory" }[
      code ?? ""
    ];
    throw new WomaError(`cannot read ${path}: ${reason ?? code}`, { exitStatus: 2, cause });
  }
}

function requirementOf({ text, place }: Line): Requirement {
  const [, plain = text, options = ""] = /^(.*?)((?:\s+--[a-z-]+(?:[= ]\S+)?)*)$/.exec(text) ?? [];
  const hashes = options
    .split(/\s+(?=--)/)
    .filter((option) => option.trim() !== "")
    .map((option) => hashOf(option.trim(), place));
  const wanted = plain.trim();
  if (isNoWheel(wanted)) {
    throw refusal(
      place,
      `'${wanted}' names sources: woma installs wheels only`,
      "build a wheel of it, and name that, or its directory with --find-links",
    );
  }
  return { text: wanted, source: place, hashes };
}

/** An address or a path, also after `name @`, of something else than a wheel. */
function isNoWheel(requirement: string): boolean {
  const [place = ""] = requirement
    .replace(/^[A-Za-z0-9._-]+\s*(?:\[[^\]]*\])?\s*@\s*/, "")
    .replace(/\s*(?:\[[^\]]*\])?(?:\s+;.*)?$/, "")
    .split("#");
  return (isUrl(place) || /^(?:\.{0,2}[\\/]|\.{1,2}$)/.test(place)) && !place.endsWith(".whl");
}

function hashOf(option: string, place: string): string {
  const [, algorithm, digest] = /^--hash[= ](\w+):([0-9a-f]+)$/i.exec(option) ?? [];
  if (algorithm === "sha256" && digest?.length === 64) return digest.toLowerCase();
  throw new WomaError(`${place}: woma does not know '${option}'`, {
    hint: "after a requirement, --hash=sha256:… may stand",
    exitStatus: 2,
  });
}

const SHORT: Readonly<Record<string, string>> = {
  "-r": "--requirement",
  "-c": "--constraint",
  "-i": "--index-url",
  "-f": "--find-links",
  "-e": "--editable",
};

/** What they ask for is so in any case. */
const GRANTED: ReadonlySet<string> = new Set(["--prefer-binary", "--only-binary", "--no-build-isolation"]);

function readOption(found: Found, { text, place }: Line, reading: Reading): void {
  const [, word = "", value = ""] = /^(-[a-z](?=\s|$|[^-\s=])|--[a-z-]+)(?:\s*=?\s*(.*))?$/.exec(text) ?? [];
  const option = SHORT[word] ?? word;
  const beside = (target: string) => (isUrl(target) ? target : resolve(dirname(reading.path), target));
  const { sources } = found;
  switch (option) {
    case "--requirement":
    case "--constraint": {
      if (isUrl(value)) throw refusal(place, `${option} ${value} is on the network`, "download it, and name the file");
      const kind = option === "--constraint" ? "constraints" : reading.kind;
      return readInto(found, { ...reading, path: beside(value), kind });
    }
    case "--index-url":
      found.sources = { ...sources, index: value };
      return;
    case "--extra-index-url":
      found.sources = { ...sources, extraIndexes: [...(sources.extraIndexes ?? []), value] };
      return;
    case "--find-links":
      found.sources = { ...sources, findLinks: [...(sources.findLinks ?? []), beside(value)] };
      return;
    case "--no-index":
      found.sources = { ...sources, noIndex: true };
      return;
    case "--require-hashes":
      found.needsHashes = true;
      return;
    case "--editable":
      throw refusal(
        place,
        `${word} ${value}: woma installs wheels only, nothing editable`,
        "build a wheel of it, and name its directory with --find-links",
      );
    default:
      if (GRANTED.has(option)) return;
      throw refusal(
        place,
        `woma does not know the option ${word || text}`,
        "leave it out, or move it to a file for pip",
      );
  }
}

function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

function refusal(place: string, what: string, hint: string): WomaError {
  return new WomaError(`${place}: ${what}`, { hint, exitStatus: 2 });
}
