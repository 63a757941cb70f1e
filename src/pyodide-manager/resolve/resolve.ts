import type { IndexSettings } from "../index/index-settings.ts";
import { readIndexSettings } from "../index/index-settings.ts";
import { withCredentials, withoutCredentials } from "../index/index-url.ts";
import { separateWheels } from "./direct-wheel.ts";
import type { Plan } from "./plan.ts";
import { bareName, type Requirement } from "./requirement.ts";
import { ResolutionCache } from "./resolution-cache.ts";
import type { ResolveContext } from "./resolve-context.ts";
import { solve } from "./solve.ts";

export type { Plan } from "./plan.ts";
export type { ResolveContext } from "./resolve-context.ts";

/**
 * Chooses a file for each requirement and for what these need in turn. Throws a WomaError that says who asks for what
 * when that cannot be done.
 */
export async function resolve(given: readonly Requirement[], context: ResolveContext): Promise<Plan> {
  const plan = planFromLock(given, context);
  if (plan !== null) return plan;
  const { requirements, links } = separateWheels(given);
  const configured = await readIndexSettings(context.settings.indexEnvironment, context.sources);
  const indexes = { ...configured, findLinks: [...links, ...configured.findLinks] };
  const kept = new ResolutionCache<Plan>(context.cache, context.settings.offline);
  const question = questionOf(requirements, context, indexes);
  const known = [...indexes.indexes, ...indexes.findLinks].filter((index) => index !== "default");
  const before = kept.find(question);
  if (before !== null) return mapUrls(before, (url) => withCredentials(url, known));
  const solved = await solve(requirements, { ...context, indexes });
  kept.keep(question, { ...mapUrls(solved, (url) => withoutCredentials(url).href), notes: [] });
  return solved;
}

/** The lock's own choice, when nothing but names of its packages was asked for: no index and no solver is needed. */
function planFromLock(
  requirements: readonly Requirement[],
  context: Pick<ResolveContext, "lock" | "present" | "excludedLock" | "constraints">,
): Plan | null {
  const { lock, present, excludedLock } = context;
  if ((context.constraints ?? []).length > 0) return null;
  const sources = new Map<string, string[]>();
  for (const requirement of requirements) {
    const name = bareName(requirement);
    if (name === null) return null;
    if (present.has(name)) continue;
    if (lock.packages.get(name)?.kind !== "package") return null;
    sources.set(name, [...(sources.get(name) ?? []), requirement.source]);
  }
  const closure = lock.closure(sources.keys()).filter(({ name }) => !present.has(name));
  if (closure.some(({ name }) => excludedLock.has(name))) return null;
  const packages = closure.map(({ name }) => {
    const dependents = closure.filter(({ depends }) => depends.includes(name)).map((dependent) => dependent.name);
    return {
      file: lock.fileOf(name),
      requiredBy: [...new Set([...(sources.get(name) ?? []), ...dependents])],
      why: "lock" as const,
    };
  });
  return { packages, notes: [] };
}

/** All that the answer depends on; credentials are nobody's to read. */
function questionOf(
  requirements: readonly Requirement[],
  { lock, present, excludedLock, constraints = [] }: ResolveContext,
  { indexes, findLinks }: IndexSettings,
): string {
  const plain = (url: string) => (url === "default" ? url : withoutCredentials(url).href);
  return JSON.stringify({
    requirements,
    constraints,
    lock: lock.sha256,
    indexes: indexes.map(plain),
    findLinks: findLinks.map(plain),
    present: [...present].sort(),
    excluded: [...excludedLock].sort(),
  });
}

function mapUrls({ packages, notes }: Plan, map: (url: string) => string): Plan {
  return {
    packages: packages.map((each) => ({
      ...each,
      file: { ...each.file, url: each.file.url === null ? null : map(each.file.url) },
    })),
    notes,
  };
}
