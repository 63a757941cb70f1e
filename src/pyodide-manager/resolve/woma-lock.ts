import { join } from "node:path";
import { WomaError } from "../../errors.ts";
import { readRegularFile, UnreadableFile } from "../cache/regular-file.ts";
import { withCredentials } from "../index/index-url.ts";
import { parseWheelName } from "../index/wheel-name.ts";
import type { PackageFile } from "../package-file.ts";
import { normalizeName } from "../package-name.ts";
import { PYODIDE_VERSION } from "../pin.ts";
import { separateWheels } from "./direct-wheel.ts";
import type { Plan, PlannedPackage } from "./plan.ts";
import { bareName, nameOf, type Requirement } from "./requirement.ts";

export const WOMA_LOCK = "woma.lock";

/** What was resolved once, file by file. */
export interface WomaLock {
  readonly path: string;
  /** What it was made for. */
  readonly requirements: readonly string[];
  readonly packages: ReadonlyMap<string, LockedPackage>;
}

interface LockedPackage {
  readonly file: PackageFile;
  readonly why: PlannedPackage["why"];
  /** Normalized names of packages that it needs. */
  readonly dependencies: readonly string[];
}

/** The lock in the first of these directories that has one; null for none. Throws WomaError for one that is broken. */
export function findWomaLock(directories: readonly string[]): WomaLock | null {
  for (const directory of directories) {
    const path = join(directory, WOMA_LOCK);
    let text: string;
    try {
      text = readRegularFile(path, LARGEST_LOCK_BYTES, { followsLinks: true }).toString();
    } catch (error) {
      if (error instanceof UnreadableFile) throw lockProblem(path, error.message);
      if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) continue;
      throw lockProblem(path, `it cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
    return parseWomaLock(path, text);
  }
  return null;
}

const LARGEST_LOCK_BYTES = 16 * 1024 ** 2;

/** Throws WomaError naming `path`. */
export function parseWomaLock(path: string, text: string): WomaLock {
  let fields: Fields;
  try {
    fields = Bun.TOML.parse(text) as Fields;
  } catch (cause) {
    throw lockProblem(path, `it is no TOML: ${(cause as Error).message}`);
  }
  const own = fieldsOf(fieldsOf(fields["tool"])["woma"]);
  if (fields["lock-version"] !== "1.0") throw lockProblem(path, "it is not of lock-version 1.0");
  if (own["pyodide"] !== PYODIDE_VERSION) {
    throw lockProblem(path, `it is for Pyodide ${String(own["pyodide"])}, and this woma has ${PYODIDE_VERSION}`);
  }
  const packages = listOf(fields["packages"]).map((entry) => lockedPackage(path, fieldsOf(entry)));
  return {
    path,
    requirements: listOf(own["requirements"]).filter((item) => typeof item === "string"),
    packages: new Map(packages.map((each) => [each.file.name, each])),
  };
}

/**
 * The lock's own choice for these requirements, and for what these need: null when it was not made for one of them. A
 * name without versions is in it when its package is. `known` are indexes as the user gave them, with credentials.
 */
export function planFromWomaLock(
  lock: WomaLock,
  requirements: readonly Requirement[],
  known: readonly string[] = [],
): Plan | null {
  if (unlocked(lock, requirements).length > 0) return null;
  const sources = new Map<string, string[]>();
  for (const requirement of separateWheels(requirements).requirements) {
    const name = nameOf(requirement);
    if (name !== null) sources.set(name, [...(sources.get(name) ?? []), requirement.source]);
  }
  const ordered = new Map<string, PlannedPackage>();
  const visit = (name: string, by: readonly string[], under: ReadonlySet<string>) => {
    const locked = lock.packages.get(name);
    // What a marker excludes is in no lock.
    if (locked === undefined || under.has(name)) return;
    const before = ordered.get(name);
    if (before === undefined) {
      for (const needed of locked.dependencies) visit(needed, [name], new Set([...under, name]));
    }
    const { url } = locked.file;
    ordered.set(name, {
      file: { ...locked.file, url: url === null ? null : withCredentials(url, known) },
      requiredBy: [...new Set([...(before?.requiredBy ?? []), ...by])],
      why: locked.why,
    });
  };
  for (const [name, by] of sources) visit(name, by, new Set());
  return { packages: [...ordered.values()], notes: [], lockedBy: lock.path };
}

/** Those of the requirements that the lock was not made for. */
export function unlocked(lock: WomaLock, requirements: readonly Requirement[]): readonly Requirement[] {
  const made = new Set(lock.requirements.map(plain));
  return requirements.filter((requirement) => {
    const name = bareName(requirement);
    return !made.has(plain(requirement.text)) && (name === null || !lock.packages.has(name));
  });
}

/** Spaces mean nothing in a requirement. */
function plain(text: string): string {
  return text.replace(/\s+/g, "").toLowerCase();
}

type Fields = Readonly<Record<string, unknown>>;

function lockedPackage(path: string, entry: Fields): LockedPackage {
  const [name, version] = [entry["name"], entry["version"]];
  const [wheel] = listOf(entry["wheels"]).map(fieldsOf);
  const own = fieldsOf(fieldsOf(entry["tool"])["woma"]);
  const fileName = wheel?.["name"];
  const sha256 = fieldsOf(wheel?.["hashes"])["sha256"];
  const wellFormed =
    typeof name === "string" &&
    typeof version === "string" &&
    typeof fileName === "string" &&
    /^[A-Za-z0-9_.+!-]+$/.test(fileName) &&
    typeof sha256 === "string" &&
    /^[0-9a-f]{64}$/.test(sha256);
  if (!wellFormed)
    throw lockProblem(path, `its package ${JSON.stringify(name ?? null)} has no version, or no wheel with a sha256`);
  if (!isNameOf(fileName, { name, version })) {
    throw lockProblem(path, `its package ${name} is of version ${version}, and has the file ${fileName}`);
  }
  const why = own["why"] === "lock" || own["why"] === "index instead of lock" ? own["why"] : "index";
  const url = wheel?.["url"];
  const isAddress = typeof url === "string" && /^(?:https?|file):/i.test(url) && URL.canParse(url);
  if (why !== "lock" && !isAddress) throw lockProblem(path, `its package ${name} has no address`);
  const size = wheel?.["size"];
  const file: PackageFile = {
    name: normalizeName(name),
    version,
    fileName,
    sha256,
    origin: why === "lock" ? "lock" : "index",
    url: why === "lock" ? null : String(url),
    bytes: Number.isSafeInteger(size) ? (size as number) : null,
  };
  const names = listOf(entry["dependencies"]).map((each) => fieldsOf(each)["name"]);
  return { file, why, dependencies: names.filter((each) => typeof each === "string").map(normalizeName) };
}

/** The distribution has archives besides wheels, and a version is not always written in the same way. */
function isNameOf(fileName: string, { name, version }: { readonly name: string; readonly version: string }): boolean {
  const wheel = parseWheelName(fileName);
  if (wheel === null) return !fileName.endsWith(".whl");
  return wheel.name === normalizeName(name) && numbersOf(wheel.version) === numbersOf(version);
}

function numbersOf(version: string): string {
  const numbers = (version.match(/\d+/g) ?? []).map(BigInt);
  return numbers.join(".").replace(/(?:\.0)+$/, "");
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function lockProblem(path: string, what: string): WomaError {
  return new WomaError(`cannot use ${path}: ${what}`, {
    hint: "write it anew with --lock, or take it away",
  });
}
