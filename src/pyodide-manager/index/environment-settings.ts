import { isOn, NO_CHOICE, type PackageSources } from "./pip-settings.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What variables of uv's and pip's say. */
export function environmentSources(environment: Environment): PackageSources {
  const values = (names: readonly string[]) => names.flatMap((name) => valuesOf(name, environment));
  const [extra, links] = [values(EXTRA_INDEXES), values(FIND_LINKS)];
  return {
    ...NO_CHOICE,
    index: values(INDEX)[0] ?? null,
    extraIndexes: extra.length > 0 ? extra : null,
    findLinks: links.length > 0 ? links : null,
    noIndex: isOn(environment["PIP_NO_INDEX"]) ?? isOn(environment["UV_NO_INDEX"]),
    certificates: environment["PIP_CERT"] || null,
  };
}

/** The variable that names this place. */
export function variableOf(text: string, environment: Environment): string {
  const names = [...INDEX, ...EXTRA_INDEXES, ...FIND_LINKS];
  return names.find((name) => valuesOf(name, environment).includes(text)) ?? "the environment";
}

const INDEX = ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"];
const EXTRA_INDEXES = ["UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_EXTRA_INDEX_URL"];
const FIND_LINKS = ["UV_FIND_LINKS", "PIP_FIND_LINKS"];

function valuesOf(name: string, environment: Environment): string[] {
  const value = environment[name] ?? "";
  // There is one index to be replaced, and its place may be a path with spaces.
  const places = INDEX.includes(name) ? [value.trim()] : value.split(name === "UV_FIND_LINKS" ? /[\s,]+/ : /\s+/);
  return places.filter((place) => place !== "").map(withoutName);
}

/** uv writes an index as `name=https://…` where it wants to refer to it again. */
function withoutName(index: string): string {
  return index.replace(/^[\w.-]+=(?=\w+:)/, "");
}
