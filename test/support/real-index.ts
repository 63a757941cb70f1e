import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { defaultIndexOfCore } from "../../scripts/mirror.ts";
import { get } from "../../scripts/package-index.ts";
import { configuredIndexes } from "../../src/pyodide-manager/index/index-settings.ts";
import type { Obstacle } from "./loud-skip.ts";

let obstacle: Promise<Obstacle> | undefined;

/** For tests of packages as their projects published them. */
export function noPackageIndex(): Promise<Obstacle> {
  obstacle ??= anyIndexAnswers().then((answers) => (answers ? undefined : "no package index answers"));
  return obstacle;
}

/** What a woma with a home of its own needs to find this machine's indexes as pip does. */
export function indexSettings(): Record<string, string> {
  const named = Object.entries(process.env).filter(([name]) => /^(?:PIP|UV|SSL_CERT)_|_proxy$/i.test(name));
  const own = ["pip/pip.conf", "../.pip/pip.conf"].map((name) => join(homedir(), ".config", name)).find(existsSync);
  return {
    ...(own === undefined ? {} : { PIP_CONFIG_FILE: own }),
    ...(Object.fromEntries(named) as Record<string, string>),
  };
}

/** Asked for a package that no machine has lying around. */
async function anyIndexAnswers(): Promise<boolean> {
  const indexes = [...(await configuredIndexes(process.env)), await defaultIndexOfCore().catch(() => "")];
  const answers = indexes.map(async (index) => (await get(new URL("pg8000/", index.replace(/\/?$/, "/")))).ok);
  return (await Promise.allSettled(answers)).some((answer) => answer.status === "fulfilled" && answer.value);
}
