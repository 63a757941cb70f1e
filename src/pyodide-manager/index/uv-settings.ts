import { homedir } from "node:os";
import { join } from "node:path";
import { configHome, NO_CHOICE, type PackageSources } from "./pip-settings.ts";
import { brokenSettings, readSettings, type SettingsFile } from "./settings-file.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The files that uv reads for a user (docs.astral.sh/uv, "Configuration files"); a project's own are the project's. */
export function uvFiles(environment: Environment): SettingsFile[] {
  if (environment["UV_NO_CONFIG"]) return [];
  const own = environment["UV_CONFIG_FILE"];
  if (own) return [{ path: own, tool: "uv", namedBy: "UV_CONFIG_FILE" }];
  const shared = process.platform === "win32" ? (environment["ProgramData"] ?? homedir()) : "/etc";
  return [configHome(environment), shared].map((directory) => ({
    path: join(directory, "uv/uv.toml"),
    tool: "uv",
    namedBy: null,
  }));
}

type Table = Readonly<Record<string, unknown>>;

/** Throws WomaError for a file that uv could not read either. */
export async function readUvFile(file: SettingsFile): Promise<PackageSources> {
  const { pip, ...settings } = parse(await readSettings(file), file);
  const wrong = (key: string) => brokenSettings(file, `'${key}' is not what uv has there`);
  const parts = [settings, ...(pip === undefined ? [] : [isTable(pip) ? pip : refuse(wrong("pip"))])];
  const texts = (key: string) =>
    parts.flatMap(({ [key]: value = [] }) => {
      if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value as string[];
      throw wrong(key);
    });
  const only = <T extends string | boolean>(key: string, type: "string" | "boolean") =>
    parts.flatMap(({ [key]: value }) => {
      if (value === undefined) return [];
      return typeof value === type ? [value as T] : refuse(wrong(key));
    })[0];
  const listed = parts.flatMap(({ index = [] }) => {
    if (Array.isArray(index) && index.every((item) => isTable(item) && typeof item["url"] === "string"))
      return index as { readonly url: string; readonly default?: unknown; readonly explicit?: unknown }[];
    throw wrong("index");
  });
  // uv asks an explicit index only for packages that a project pins to it.
  const general = listed.filter(({ explicit }) => explicit !== true);
  const urls = (isDefault: boolean) =>
    general.filter((index) => (index.default === true) === isDefault).map(({ url }) => url);
  const extra = [...urls(false), ...texts("extra-index-url")];
  const links = texts("find-links");
  return {
    ...NO_CHOICE,
    index: urls(true)[0] ?? only<string>("index-url", "string") ?? null,
    extraIndexes: extra.length > 0 ? extra : null,
    findLinks: links.length > 0 ? links : null,
    noIndex: only<boolean>("no-index", "boolean") ?? null,
  };
}

function parse(text: string, file: SettingsFile): Table {
  try {
    return Bun.TOML.parse(text) as Table;
  } catch (cause) {
    throw brokenSettings(file, `it is no TOML: ${(cause as Error).message.replace(/^TOML Parse error: /, "")}`);
  }
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuse(error: Error): never {
  throw error;
}
