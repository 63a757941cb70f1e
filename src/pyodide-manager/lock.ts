import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import lockFile from "pyodide/pyodide-lock.json" with { type: "file" };
import { nearestName } from "./nearest-name.ts";
import type { PackageFile } from "./package-file.ts";
import { normalizeName } from "./package-name.ts";
import { SOCKET_DEPENDENCIES } from "./socket-dependencies.ts";

/** One package of the distribution. */
interface LockPackage {
  /** Normalized. */
  readonly name: string;
  readonly version: string;
  readonly fileName: string;
  readonly sha256: string;
  /** Normalized names of other packages of the lock. */
  readonly depends: readonly string[];
  /** The top-level modules that it brings. */
  readonly imports: readonly string[];
  /** A wheel; an archive of shared libraries, which packages load; or one of a package's own tests. */
  readonly kind: "package" | "shared library" | "tests";
}

/** The distribution's packages: pyodide-lock.json. */
export interface Lock {
  /** Of its text. */
  readonly sha256: string;
  /** Of wheels that run in the distribution's interpreter, the usual one first. */
  readonly platforms: readonly string[];
  /** By normalized name. */
  readonly packages: ReadonlyMap<string, LockPackage>;
  /** Which package brings this module, which may be dotted; null for none. */
  packageOfModule(module: string): string | null;
  /** These packages and all that they depend on, each once, after what it depends on. Throws for names that are not here. */
  closure(names: Iterable<string>): LockPackage[];
  fileOf(name: string): PackageFile;
  /** The module, or else the package, that somebody who typed this may have meant; null for none. */
  nearestModule(name: string): string | null;
}

/** Reads the lock that is inside woma. */
export function loadLock(): Lock {
  // Read when it is wanted: an import would be evaluated at every start.
  const path = lockFile as unknown as string;
  return parseLock(readFileSync(path, "utf8"));
}

/** pyodide-lock.json's text; names in it are spelled as their projects do. */
export function parseLock(text: string): Lock {
  const { packages: entries, info } = JSON.parse(text) as LockText;
  const packages = new Map(Object.values(entries).map((entry) => [normalizeName(entry.name), packageOf(entry)]));
  const modules = new Map(
    [...packages.values()].flatMap(({ name, imports }) => imports.map((module) => [module, name])),
  );
  const wheels = [...packages.values()].filter(({ kind }) => kind === "package");
  const names = [...modules.keys(), ...wheels.map(({ name }) => name)];
  const get = (name: string): LockPackage => {
    const found = packages.get(normalizeName(name));
    if (found === undefined) throw new Error(`the lock has no package ${name}`);
    return found;
  };
  return {
    sha256: createHash("sha256").update(text).digest("hex"),
    platforms: [`pyemscripten_${info.abi_version}_${info.arch}`, `${info.platform}_${info.arch}`],
    packages,
    packageOfModule: (module) => modules.get(module.split(".", 1)[0] ?? "") ?? null,
    closure: (names) => {
      const closed = new Map<string, LockPackage>();
      for (const name of names) addClosure(closed, get(name), get);
      return [...closed.values()];
    },
    fileOf: (name) => fileOf(get(name)),
    nearestModule: (name) => nearestName(name, names),
  };
}

interface LockText {
  readonly info: { readonly arch: string; readonly platform: string; readonly abi_version: string };
  readonly packages: Readonly<Record<string, LockEntry>>;
}

interface LockEntry {
  readonly name: string;
  readonly version: string;
  readonly file_name: string;
  readonly sha256: string;
  readonly depends: readonly string[];
  readonly imports: readonly string[];
  readonly package_type: string;
}

function packageOf(entry: LockEntry): LockPackage {
  return {
    name: normalizeName(entry.name),
    version: entry.version,
    fileName: entry.file_name,
    sha256: entry.sha256,
    depends: [...entry.depends, ...(SOCKET_DEPENDENCIES.get(entry.name) ?? [])].map(normalizeName),
    imports: entry.imports.map(moduleName),
    kind: kindOf(entry),
  };
}

function kindOf({ package_type: type, file_name: file }: LockEntry): LockPackage["kind"] {
  if (type === "shared_library") return "shared library";
  return file.endsWith(".whl") ? "package" : "tests";
}

/** The lock has `matplotlib-inline` for a module, which no module can be called. */
function moduleName(name: string): string {
  return name.replaceAll("-", "_");
}

/** Packages that depend on each other come in the order they are met. */
function addClosure(
  closed: Map<string, LockPackage>,
  start: LockPackage,
  get: (name: string) => LockPackage,
  open: Set<string> = new Set(),
): void {
  if (closed.has(start.name) || open.has(start.name)) return;
  open.add(start.name);
  for (const name of start.depends) addClosure(closed, get(name), get, open);
  closed.set(start.name, start);
}

function fileOf({ name, version, fileName, sha256 }: LockPackage): PackageFile {
  return { name, version, fileName, sha256, origin: "lock", url: null, bytes: null };
}
