import { normalizeName } from "../package-name.ts";
import { PYTHON_VERSION } from "../pin.ts";

/** What a wheel's file name says (packaging.python.org, "Binary distribution format"). */
export interface WheelName {
  readonly name: string;
  readonly version: string;
  readonly build: string;
  readonly tags: readonly string[];
}

/** Null for what is no wheel's name. */
export function parseWheelName(fileName: string): WheelName | null {
  const match = WHEEL.exec(fileName);
  if (match === null) return null;
  const [, name = "", version = "", build = "", python = "", abi = "", platform = ""] = match;
  const tags = python
    .split(".")
    .flatMap((one) => abi.split(".").flatMap((two) => platform.split(".").map((three) => `${one}-${two}-${three}`)));
  return { name: normalizeName(name), version, build, tags: tags.slice(0, MOST_TAGS) };
}

const PART = "[A-Za-z0-9_.]+";
const WHEEL = new RegExp(
  `^([A-Za-z0-9._]+)-([A-Za-z0-9_.!+]+)(?:-(\\d[A-Za-z0-9_.]*))?-(${PART})-(${PART})-(${PART})\\.whl$`,
);
const MOST_TAGS = 1000;

/** The version in a source archive's name; null for other files. */
export function sourceVersion(fileName: string, project: string): string | null {
  const [, name = "", version] = /^(.+)-([^-]+)\.(?:tar\.gz|tar\.bz2|zip|tgz)$/.exec(fileName) ?? [];
  return version !== undefined && normalizeName(name) === project ? version : null;
}

/** How well wheels fit this interpreter: the lower the better. A wheel without a rank does not run here. */
export function tagRanks(platforms: readonly string[]): ReadonlyMap<string, number> {
  return new Map(supportedTags(platforms).map((tag, rank) => [tag, rank]));
}

export function rankOf({ tags }: WheelName, ranks: ReadonlyMap<string, number>): number | null {
  const fitting = tags.flatMap((tag) => ranks.get(tag) ?? []);
  return fitting.length === 0 ? null : Math.min(...fitting);
}

/** What packaging.tags.sys_tags() has in a cell, in its order; a test holds that. */
function supportedTags(platforms: readonly string[]): string[] {
  const [major = "3", minor = "0"] = PYTHON_VERSION.split(".");
  const current = `cp${major}${minor}`;
  const older = (lowest: number) =>
    Array.from({ length: Number(minor) - lowest }, (_, index) => Number(minor) - 1 - index);
  const everywhere = (prefix: string) => platforms.map((platform) => `${prefix}-${platform}`);
  const plain = [`py${major}${minor}`, `py${major}`, ...older(0).map((version) => `py${major}${version}`)];
  return [
    ...[`${current}-${current}`, `${current}-abi3`, `${current}-none`].flatMap(everywhere),
    ...older(2).flatMap((version) => everywhere(`cp${major}${version}-abi3`)),
    ...plain.flatMap((python) => everywhere(`${python}-none`)),
    `${current}-none-any`,
    ...plain.map((python) => `${python}-none-any`),
  ];
}
