import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** What one place says of where packages are to be had; null for what it does not say. */
export interface PackageSources {
  readonly index: string | null;
  readonly extraIndexes: readonly string[] | null;
  readonly findLinks: readonly string[] | null;
  readonly noIndex: boolean | null;
  readonly certificates: string | null;
}

export const NO_CHOICE: PackageSources = {
  index: null,
  extraIndexes: null,
  findLinks: null,
  noIndex: null,
  certificates: null,
};

type Environment = Readonly<Record<string, string | undefined>>;

/** The files that pip reads, the one that decides first (pip.pypa.io, "Configuration"). */
export function pipFiles(environment: Environment): string[] {
  const home = homeOf(environment);
  if (environment["PIP_CONFIG_FILE"] === "/dev/null" || environment["PIP_CONFIG_FILE"] === "nul") return [];
  const own = environment["PIP_CONFIG_FILE"] ? [environment["PIP_CONFIG_FILE"]] : [];
  const venv = environment["VIRTUAL_ENV"];
  if (process.platform === "win32") {
    return [
      ...own,
      ...(venv ? [join(venv, "pip.ini")] : []),
      join(environment["APPDATA"] ?? home, "pip", "pip.ini"),
      join(home, "pip", "pip.ini"),
      join(environment["ProgramData"] ?? home, "pip", "pip.ini"),
    ];
  }
  const library = "Library/Application Support/pip/pip.conf";
  const shared = (environment["XDG_CONFIG_DIRS"] || "/etc/xdg").split(delimiter);
  return [
    ...own,
    ...(venv ? [join(venv, "pip.conf")] : []),
    join(configHome(environment), "pip/pip.conf"),
    join(home, ".pip/pip.conf"),
    ...(process.platform === "darwin" ? [join(home, library), join("/", library)] : []),
    "/etc/pip.conf",
    ...shared.map((directory) => join(directory, "pip/pip.conf")),
  ];
}

/** Where a user's configuration is, for pip and uv. */
export function configHome(environment: Environment): string {
  const home = homeOf(environment);
  if (process.platform === "win32") return environment["APPDATA"] ?? home;
  return environment["XDG_CONFIG_HOME"] || join(home, ".config");
}

function homeOf(environment: Environment): string {
  return environment["HOME"] || environment["USERPROFILE"] || homedir();
}

/** configparser's syntax as far as pip uses it: indented lines continue a value. */
export async function readPipFile(path: string): Promise<PackageSources> {
  const text = (await readIfThere(path)).replace(/^[ \t]*[#;].*$/gm, "").replace(/\r?\n[ \t]+(?=\S)/g, " ");
  const values = new Map<string, string>();
  let section = "";
  for (const line of text.split(/\r?\n/)) {
    section = /^\[(.+)\]/.exec(line)?.[1] ?? section;
    const [, key, value] = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    // What a section of a command says counts more than what [global] does.
    if (key === undefined || value === undefined || !SECTIONS.includes(section)) continue;
    const name = key.replaceAll("_", "-").toLowerCase();
    if (section !== "global" || !values.has(name)) values.set(name, value.trim());
  }
  const list = (name: string) =>
    values
      .get(name)
      ?.split(/\s+/)
      .filter((word) => word !== "") ?? null;
  const noIndex = values.get("no-index");
  return {
    index: list("index-url")?.[0] ?? null,
    extraIndexes: list("extra-index-url"),
    findLinks: list("find-links"),
    noIndex: noIndex === undefined ? null : /^(?:1|yes|y|on|true|t)$/i.test(noIndex),
    certificates: values.get("cert") || null,
  };
}

const SECTIONS = ["global", "install", "download"];

export async function readIfThere(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
