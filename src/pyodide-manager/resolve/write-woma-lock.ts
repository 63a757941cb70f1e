import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WomaError } from "../../errors.ts";
import { distributionUrl } from "../download/distribution-url.ts";
import { withoutCredentials } from "../index/index-url.ts";
import { PYODIDE_VERSION, PYTHON_VERSION } from "../pin.ts";
import type { Plan, PlannedPackage } from "./plan.ts";
import type { Requirement } from "./requirement.ts";
import { tomlString, tomlStrings } from "./toml-text.ts";
import { WOMA_LOCK } from "./woma-lock.ts";

/** Writes `woma.lock` into a directory; its path. Throws WomaError when that cannot be done. */
export async function writeWomaLock(
  directory: string,
  plan: Plan,
  requirements: readonly Requirement[],
): Promise<string> {
  const path = join(directory, WOMA_LOCK);
  const part = `${path}.${process.pid}`;
  const text = formatWomaLock(plan, requirements, await distributionUrl());
  try {
    writeFileSync(part, text);
    renameSync(part, path);
  } catch (cause) {
    rmSync(part, { force: true });
    throw new WomaError(`cannot write ${path}: ${(cause as NodeJS.ErrnoException).code}`, { cause });
  }
  return path;
}

/** In the format that tools share for this (PEP 751, pylock.toml), with what woma knows besides under `tool.woma`. */
export function formatWomaLock(plan: Plan, requirements: readonly Requirement[], distribution: URL): string {
  const [major, minor] = PYTHON_VERSION.split(".");
  const sorted = [...plan.packages].sort((left, right) => (left.file.name < right.file.name ? -1 : 1));
  return [
    "# Written by `woma --lock`; `woma --locked` takes these files and no others.",
    'lock-version = "1.0"',
    `environments = ["sys_platform == 'emscripten'"]`,
    `requires-python = "==${major}.${minor}.*"`,
    'created-by = "woma"',
    "",
    ...sorted.flatMap((each) => [...packageLines(each, plan, distribution), ""]),
    "[tool.woma]",
    `pyodide = ${tomlString(PYODIDE_VERSION)}`,
    `requirements = ${tomlStrings([...new Set(requirements.map(({ text }) => text))].sort())}`,
    "",
  ].join("\n");
}

function packageLines({ file, why }: PlannedPackage, plan: Plan, distribution: URL): string[] {
  const needs = plan.packages.filter(({ requiredBy }) => requiredBy.includes(file.name)).map((each) => each.file.name);
  const url =
    file.url === null ? new URL(encodeURIComponent(file.fileName), distribution) : withoutCredentials(file.url);
  url.hash = "";
  return [
    "[[packages]]",
    `name = ${tomlString(file.name)}`,
    `version = ${tomlString(file.version)}`,
    ...(needs.length === 0
      ? []
      : [`dependencies = [${needs.map((name) => `{ name = ${tomlString(name)} }`).join(", ")}]`]),
    "",
    "[[packages.wheels]]",
    `name = ${tomlString(file.fileName)}`,
    `url = ${tomlString(url.href)}`,
    ...(file.bytes === null ? [] : [`size = ${file.bytes}`]),
    `hashes = { sha256 = ${tomlString(file.sha256)} }`,
    "",
    "[packages.tool.woma]",
    `why = ${tomlString(why)}`,
  ];
}
