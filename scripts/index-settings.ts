import { homedir } from "node:os";
import { delimiter, join } from "node:path";

type Environment = Record<string, string | undefined>;

/**
 * The package indexes that pip's and uv's own settings name, in the order they would be asked.
 * Empty when nothing is configured: this build names no index of its own.
 * Settings: pip.pypa.io "Configuration", docs.astral.sh/uv "Configuration files".
 */
export async function configuredIndexes(environment: Environment = process.env): Promise<string[]> {
  const found = [
    ...fromEnvironment(environment),
    ...(await Promise.all(pipFiles(environment).map(pipIndexes))).flat(),
    ...(await Promise.all(uvFiles(environment).map(uvIndexes))).flat(),
  ];
  return [...new Set(found)].filter((index) => URL.canParse(index));
}

function fromEnvironment(environment: Environment): string[] {
  const names = [
    "UV_DEFAULT_INDEX",
    "UV_INDEX",
    "UV_INDEX_URL",
    "PIP_INDEX_URL",
    "UV_EXTRA_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
  ];
  return names.flatMap((name) => words(environment[name] ?? "")).map(withoutName);
}

// uv writes an index as `name=https://…` where it wants to refer to it again.
function withoutName(index: string): string {
  return index.replace(/^[\w.-]+=(?=\w+:)/, "");
}

function pipFiles(environment: Environment): string[] {
  const home = homedir();
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

function uvFiles(environment: Environment): string[] {
  if (environment["UV_NO_CONFIG"]) return [];
  if (environment["UV_CONFIG_FILE"]) return [environment["UV_CONFIG_FILE"]];
  const shared = process.platform === "win32" ? (environment["ProgramData"] ?? homedir()) : "/etc";
  return [join(configHome(environment), "uv/uv.toml"), join(shared, "uv/uv.toml")];
}

function configHome(environment: Environment): string {
  if (process.platform === "win32") return environment["APPDATA"] ?? homedir();
  return environment["XDG_CONFIG_HOME"] || join(homedir(), ".config");
}

// configparser's syntax as far as pip uses it: indented lines continue a value.
async function pipIndexes(path: string): Promise<string[]> {
  const text = (await readIfThere(path)).replace(/^[ \t]*[#;].*$/gm, "").replace(/\r?\n[ \t]+(?=\S)/g, " ");
  const values = { "index-url": [] as string[], "extra-index-url": [] as string[] };
  let section = "";
  for (const line of text.split(/\r?\n/)) {
    section = /^\[(.+)\]/.exec(line)?.[1] ?? section;
    const [, key, value] = /^((?:extra[-_])?index[-_]url)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (key && ["global", "install", "download"].includes(section)) {
      values[key.replaceAll("_", "-") as keyof typeof values].push(...words(value ?? ""));
    }
  }
  return [...values["index-url"], ...values["extra-index-url"]];
}

interface UvSettings {
  index?: { url?: string; default?: boolean }[];
  "index-url"?: string;
  "extra-index-url"?: string[];
  pip?: UvSettings;
}

async function uvIndexes(path: string): Promise<string[]> {
  const settings = Bun.TOML.parse(await readIfThere(path)) as UvSettings;
  return [settings, settings.pip ?? {}].flatMap((part) =>
    [...(part.index ?? []).map(({ url }) => url), part["index-url"], ...(part["extra-index-url"] ?? [])].filter(
      (url) => url !== undefined,
    ),
  );
}

async function readIfThere(path: string): Promise<string> {
  const file = Bun.file(path);
  return (await file.exists()) ? file.text() : "";
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
