import { type Environment, environmentSources, variableOf } from "./environment-settings.ts";
import { NO_CHOICE, type PackageSources, pipFiles, readPipFile } from "./pip-settings.ts";
import { type NamedSource, sourceUrl } from "./source-url.ts";
import { readUvFile, uvFiles } from "./uv-settings.ts";

export type { Environment } from "./environment-settings.ts";

/** Which package indexes are asked, as pip's and uv's own settings say. */
export interface IndexSettings {
  /** In the order in which they are asked; `default` stands for the one that micropip asks when none is configured. */
  readonly indexes: readonly (string | "default")[];
  /** URLs of directories and pages with links to files, asked before the indexes. */
  readonly findLinks: readonly string[];
  /** A file of certificates in place of the system's; null for none. */
  readonly certificates: string | null;
}

/**
 * What the user's environment and files say, and what a requirements file does, which comes before them. Throws
 * WomaError for what cannot be understood of it.
 */
export async function readIndexSettings(
  environment: Environment,
  stated: Partial<PackageSources> = {},
): Promise<IndexSettings> {
  const choices = [
    { sources: { ...NO_CHOICE, ...stated }, placeOf: () => "the requirements file" },
    ...(await readChoices(environment)),
  ];
  const noIndex = choices.map(({ sources }) => sources.noIndex).find((value) => value !== null) ?? false;
  const primary = firstOf(choices, ({ index }) => (index === null ? null : [index]));
  // As with uv: what was added to an index is asked before it, so that nobody there can take over a private name.
  const extra = firstOf(choices, ({ extraIndexes }) => extraIndexes);
  const last = primary.length > 0 ? [] : ["default"];
  return {
    indexes: noIndex ? [] : [...new Set([...[...extra, ...primary].map(sourceUrl), ...last])],
    findLinks: [...new Set(firstOf(choices, ({ findLinks }) => findLinks).map(sourceUrl))],
    certificates: certificatesOf(choices),
  };
}

/** The file of certificates alone, whatever else is said. Throws WomaError when a file cannot be understood. */
export async function readCertificatesPath(environment: Environment): Promise<string | null> {
  return certificatesOf(await readChoices(environment));
}

/** For a build, whose files are pinned: those that are configured, the one that others are added to first. */
export async function configuredIndexes(environment: Environment): Promise<string[]> {
  const { indexes } = await readIndexSettings(environment);
  return [...indexes.slice(-1), ...indexes.slice(0, -1)].filter((index) => index !== "default");
}

/** What one place says, and how a message calls where one of its values stands. */
interface Choice {
  readonly sources: PackageSources;
  placeOf(text: string): string;
}

async function readChoices(environment: Environment): Promise<Choice[]> {
  const files = await Promise.all([
    ...pipFiles(environment).map(async (file) => ({ sources: await readPipFile(file), placeOf: () => file.path })),
    ...uvFiles(environment).map(async (file) => ({ sources: await readUvFile(file), placeOf: () => file.path })),
  ]);
  const variables = environmentSources(environment);
  return [{ sources: variables, placeOf: (text) => variableOf(text, environment) }, ...files];
}

function firstOf(
  choices: readonly Choice[],
  pick: (sources: PackageSources) => readonly string[] | null,
): readonly NamedSource[] {
  for (const { sources, placeOf } of choices) {
    const texts = pick(sources);
    if (texts !== null) return texts.map((text) => ({ text, place: placeOf(text) }));
  }
  return [];
}

function certificatesOf(choices: readonly Choice[]): string | null {
  return choices.map(({ sources }) => sources.certificates).find((path) => path !== null) ?? null;
}
