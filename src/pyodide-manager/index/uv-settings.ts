import { homedir } from "node:os";
import { join } from "node:path";
import { configHome, NO_CHOICE, type PackageSources, readIfThere } from "./pip-settings.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The files that uv reads for a user (docs.astral.sh/uv, "Configuration files"); a project's own are the project's. */
export function uvFiles(environment: Environment): string[] {
  if (environment["UV_NO_CONFIG"]) return [];
  if (environment["UV_CONFIG_FILE"]) return [environment["UV_CONFIG_FILE"]];
  const shared = process.platform === "win32" ? (environment["ProgramData"] ?? homedir()) : "/etc";
  return [join(configHome(environment), "uv/uv.toml"), join(shared, "uv/uv.toml")];
}

interface UvSettings {
  readonly index?: readonly { readonly url?: string; readonly default?: boolean; readonly explicit?: boolean }[];
  readonly "index-url"?: string;
  readonly "extra-index-url"?: readonly string[];
  readonly "find-links"?: readonly string[];
  readonly "no-index"?: boolean;
  readonly pip?: UvSettings;
}

/** A file that is no TOML says nothing: it is uv's to complain. */
export async function readUvFile(path: string): Promise<PackageSources> {
  const { pip, ...settings } = parse(await readIfThere(path));
  const parts = [settings, pip ?? {}];
  // uv asks an explicit index only for packages that a project pins to it.
  const listed = parts.flatMap(({ index }) => (Array.isArray(index) ? index : [])).filter(({ explicit }) => !explicit);
  const urls = (given: typeof listed) => given.flatMap(({ url }) => (typeof url === "string" ? [url] : []));
  const extra = [
    ...urls(listed.filter((index) => index.default !== true)),
    ...parts.flatMap((part) => strings(part["extra-index-url"])),
  ];
  const links = parts.flatMap((part) => strings(part["find-links"]));
  const primary = [
    ...urls(listed.filter((index) => index.default === true)),
    ...parts.flatMap((part) => strings([part["index-url"]])),
  ];
  return {
    ...NO_CHOICE,
    index: primary[0] ?? null,
    extraIndexes: extra.length > 0 ? extra : null,
    findLinks: links.length > 0 ? links : null,
    noIndex: parts.map((part) => part["no-index"]).find((value) => typeof value === "boolean") ?? null,
  };
}

function parse(text: string): UvSettings {
  try {
    return Bun.TOML.parse(text) as UvSettings;
  } catch {
    return {};
  }
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
