import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { NO_CHOICE, type PackageSources, pipFiles, readPipFile } from "./pip-settings.ts";
import { readUvFile, uvFiles } from "./uv-settings.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Which package indexes are asked, as pip's and uv's own settings say. */
export interface IndexSettings {
  /** In the order in which they are asked; `default` stands for the one that micropip asks when none is configured. */
  readonly indexes: readonly (string | "default")[];
  /** URLs of directories and pages with links to files, asked before the indexes. */
  readonly findLinks: readonly string[];
  /** A file of certificates in place of the system's; null for none. */
  readonly certificates: string | null;
}

/** What the user's environment and files say, and what else was said, which comes before them. */
export async function readIndexSettings(
  environment: Environment,
  stated: Partial<PackageSources> = {},
): Promise<IndexSettings> {
  const choices = [
    { ...NO_CHOICE, ...stated },
    fromEnvironment(environment),
    ...(await Promise.all(pipFiles(environment).map(readPipFile))),
    ...(await Promise.all(uvFiles(environment).map(readUvFile))),
  ];
  const noIndex = choices.map((choice) => choice.noIndex).find((value) => value !== null) ?? false;
  const primary = choices.map(({ index }) => index).find((index) => index !== null) ?? "default";
  // As with uv: what was added to an index is asked before it, so that nobody there can take over a private name.
  const extra = firstOf(choices.map((choice) => choice.extraIndexes));
  return {
    indexes: noIndex ? [] : unique([...extra, primary].map(asUrl)).filter((index) => index !== null),
    findLinks: unique(firstOf(choices.map((choice) => choice.findLinks)).map(asUrl)).filter((link) => link !== null),
    certificates: choices.map(({ certificates }) => certificates).find((path) => path !== null) ?? null,
  };
}

/** For a build, whose files are pinned: those that are configured, the one that others are added to first. */
export async function configuredIndexes(environment: Environment): Promise<string[]> {
  const { indexes } = await readIndexSettings(environment);
  return [...indexes.slice(-1), ...indexes.slice(0, -1)].filter((index) => index !== "default");
}

function fromEnvironment(environment: Environment): PackageSources {
  const list = (name: string) => words(environment[name] ?? "").map(withoutName);
  const extra = [list("UV_INDEX"), list("UV_EXTRA_INDEX_URL"), list("PIP_EXTRA_INDEX_URL")].flat();
  const links = [...words((environment["UV_FIND_LINKS"] ?? "").replaceAll(",", " ")), ...list("PIP_FIND_LINKS")];
  return {
    index: [list("UV_DEFAULT_INDEX"), list("UV_INDEX_URL"), list("PIP_INDEX_URL")].flat()[0] ?? null,
    extraIndexes: extra.length > 0 ? extra : null,
    findLinks: links.length > 0 ? links : null,
    noIndex: isOn(environment["PIP_NO_INDEX"]) ?? isOn(environment["UV_NO_INDEX"]),
    certificates: environment["PIP_CERT"] || null,
  };
}

/** uv writes an index as `name=https://…` where it wants to refer to it again. */
function withoutName(index: string): string {
  return index.replace(/^[\w.-]+=(?=\w+:)/, "");
}

function isOn(value: string | undefined): boolean | null {
  return value === undefined || value === "" ? null : !/^(?:0|no|n|off|false|f)$/i.test(value);
}

function firstOf(lists: readonly (readonly string[] | null)[]): readonly string[] {
  return lists.find((list) => list !== null) ?? [];
}

/** A path is a file URL; null for what is neither that nor a URL that can be asked. */
function asUrl(text: string): string | null {
  if (text === "default") return text;
  if (/^(?:https?|file):/i.test(text)) return URL.canParse(text) ? text : null;
  if (/^[a-z][a-z0-9+.-]+:/i.test(text)) return null;
  if (!/[/\\.]/.test(text)) return null;
  return pathToFileURL(text.startsWith("~/") ? join(homedir(), text.slice(2)) : resolve(text)).href;
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
