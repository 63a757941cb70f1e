import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { parsePipConfiguration } from "./pip-configuration.ts";
import { readSettings, type SettingsFile } from "./settings-file.ts";

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
export function pipFiles(environment: Environment): SettingsFile[] {
  const own = environment["PIP_CONFIG_FILE"];
  if (own === "/dev/null" || own === "nul") return [];
  const usual = usualFiles(environment).map((path) => ({ path, tool: "pip" as const, namedBy: null }));
  return own ? [{ path: own, tool: "pip", namedBy: "PIP_CONFIG_FILE" }, ...usual] : usual;
}

function usualFiles(environment: Environment): string[] {
  const home = homeOf(environment);
  const venv = environment["VIRTUAL_ENV"];
  if (process.platform === "win32") {
    return [
      ...(venv ? [join(venv, "pip.ini")] : []),
      join(environment["APPDATA"] ?? home, "pip", "pip.ini"),
      join(home, "pip", "pip.ini"),
      join(environment["ProgramData"] ?? home, "pip", "pip.ini"),
    ];
  }
  const library = "Library/Application Support/pip/pip.conf";
  const shared = (environment["XDG_CONFIG_DIRS"] || "/etc/xdg").split(delimiter);
  return [
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

/** Throws WomaError for a file that pip could not read either. */
export async function readPipFile(file: SettingsFile): Promise<PackageSources> {
  const values = parsePipConfiguration(await readSettings(file), file);
  const list = (name: string) =>
    values
      .get(name)
      ?.split(/\s+/)
      .filter((word) => word !== "") ?? null;
  return {
    index: values.get("index-url") || null,
    extraIndexes: list("extra-index-url"),
    findLinks: list("find-links"),
    noIndex: isOn(values.get("no-index")),
    certificates: values.get("cert") || null,
  };
}

/** What is no known word for off is on: then no index is asked. Null for what says nothing. */
export function isOn(value: string | undefined): boolean | null {
  return value === undefined || value === "" ? null : !/^(?:0|no|n|off|false|f)$/i.test(value);
}
