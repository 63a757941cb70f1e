import { WomaError } from "../../errors.ts";
import type { Lock } from "../lock.ts";
import { normalizeName } from "../package-name.ts";
import { PYTHON_VERSION } from "../pin.ts";
import { type FailedProject, type FailedRequirement, parseFailure } from "./solver-failure.ts";
import type { TriedPackage } from "./tried-sources.ts";

/** No choice of packages fits what was asked for. */
export class ResolutionError extends WomaError {}

interface Circumstances {
  readonly lock: Lock;
  /** The indexes that were asked, with what went wrong. */
  readonly asked: ReadonlyMap<string, string | null>;
  readonly offline: boolean;
  /** Packages of the lock that could not be had. */
  readonly tried: ReadonlyMap<string, TriedPackage>;
}

/** Words for a solver's failure; null when it did not fail. It quotes what others wrote, and nothing of it is trusted. */
export function resolutionFailure(answer: unknown, circumstances: Circumstances): ResolutionError | null {
  const failure = parseFailure(answer);
  if (failure === null) return null;
  const { text, by, reason, name, version } = failure;
  switch (failure.kind) {
    case "invalid":
      return new ResolutionError(`'${text}' (${by}) is no requirement: ${reason}`, {
        hint: "write it as 'name', 'name>=1.2,<2' or 'name[extra]==1.2'",
        exitStatus: 2,
      });
    case "url":
      return new ResolutionError(`'${text}' (${by}) names a file at an address, which woma does not install`, {
        hint: "name the package and its version, and the directory or page that has the file with PIP_FIND_LINKS",
        exitStatus: 2,
      });
    case "too-deep":
      return new ResolutionError("no fitting versions were found among so many", {
        hint: "say which versions you want, for example 'name>=2', so that fewer are tried",
      });
    case "no-metadata":
      return new ResolutionError(`the extras of ${name} ${version} are not known: ${reason}`, {
        hint: `ask for ${name} without extras, and name what it needs besides`,
      });
    case "conflict":
      return conflict(failure.wanted, failure.projects, circumstances);
    default:
      return new ResolutionError("the resolver failed without a reason", { hint: "this is a defect in woma" });
  }
}

function conflict(
  wanted: readonly FailedRequirement[],
  projects: readonly FailedProject[],
  circumstances: Circumstances,
): ResolutionError {
  const listed = wanted.slice(0, MOST_LINES).map(({ text, by }) => `  ${by} needs ${text}`);
  const [project] = projects;
  if (project === undefined) return new ResolutionError("nothing fits all that is asked for");
  const unhad = projects.find(({ name, distributedFits }) => distributedFits && circumstances.tried.has(name));
  if (unhad !== undefined) return outOfReach(unhad, [...listed, ...projects.flatMap(availability)], circumstances);
  if (!project.known) return unknown(project, wanted, circumstances);
  const misfit = projects.find(({ otherHashes }) => otherHashes.size > 0);
  if (misfit !== undefined && project.present === null) return otherHashes(misfit, wanted);
  const available = projects.flatMap(availability);
  if (project.present !== null) {
    const message = [`${project.name} ${project.present} is in use already, and does not fit:`, ...listed];
    return new ResolutionError(message.join("\n"), {
      hint: `name '${project.name}' with the version you want where the program starts: --with, or its script metadata`,
    });
  }
  if (project.versions.length === 0) {
    const runs = [...project.excluded.values()].some((reason) => !reason.startsWith("has "));
    const what = runs ? `no version of ${project.name} can be used` : `no file of ${project.name} runs in woma`;
    const message = [`${what}:`, ...listed, ...available].join("\n");
    const hint = moduleHint(project.name, circumstances.lock) ?? (runs ? wayOut(project, circumstances) : NOTHING_RUNS);
    return new ResolutionError(message, { hint });
  }
  const what = wanted.length > 1 ? "no version fits all of these" : `no version of ${project.name} fits`;
  return new ResolutionError([`${what}:`, ...listed, ...available].join("\n"), { hint: advice(wanted, project) });
}

const NOTHING_RUNS =
  "woma runs wheels of pure Python, and of C built for pyemscripten; look for another package that does the same";

/** There are versions that fit, and their files are not those that were written down. */
function otherHashes({ name, otherHashes }: FailedProject, wanted: readonly FailedRequirement[]): ResolutionError {
  const demands = wanted.flatMap(({ text, by, hashes }) =>
    hashes.length === 0 ? [] : [`  ${by} needs ${text} with`, ...some(hashes, "    sha256 ")],
  );
  const files = [...otherHashes].map(([file, sha256]) => `${file}: ${sha256 === "" ? "none is known" : sha256}`);
  const message = [
    `no file of ${name} has a hash that is demanded:`,
    ...demands,
    "  there are",
    ...some(files, "    "),
  ];
  return new ResolutionError(message.join("\n"), {
    hint: "the hash is of a file for another platform, or one of them was changed: find out which is right",
  });
}

function some(texts: readonly string[], before: string): readonly string[] {
  const more = texts.length > MOST_LINES ? [`${before}…`] : [];
  return [...texts.slice(0, MOST_LINES).map((text) => before + text), ...more];
}

/** A module of the lock's, which is not called as its package; null for another name. */
function moduleHint(name: string, lock: Lock): string | null {
  const spellings = [name, name.replaceAll("-", "_"), lock.nearestModule(name) ?? name];
  const module = spellings.find((spelling) => lock.packageOfModule(spelling) !== null);
  const owner = module === undefined ? null : lock.packageOfModule(module);
  if (module === undefined || owner === null || owner === name || normalizeName(module) !== name) return null;
  return `the module '${module}' is in the package ${owner}: ask for that`;
}

/** The lock has it, and neither that nor an index's file in its place can be had. */
function outOfReach(
  { name, known }: FailedProject,
  lines: readonly string[],
  { asked, offline, tried }: Circumstances,
): ResolutionError {
  const { version, reports } = tried.get(name) ?? { version: "", reports: [] };
  const places = reports.length > 0 ? reports : [{ label: "the cache", reason: "not there" }];
  const indexes = known ? [] : [...asked].map(([label, problem]) => `  ${label} ${problem ?? `has no ${name}`}`);
  const message = [
    `${name} ${version} is in woma's distribution, and could not be fetched:`,
    ...places.map(({ label, reason }) => `  ${label}: ${reason}`),
    "and no index has a file of it that fits:",
    ...lines,
    ...indexes.slice(0, MOST_LINES),
  ];
  return new ResolutionError(message.join("\n"), {
    hint: offline
      ? `leave out --offline, or fetch it beforehand with a network: woma cache fetch ${name}`
      : "look at the network, or name a place that has the distribution's files with --mirror (or WOMA_MIRROR)",
  });
}

/** Where there are versions, and something is the matter with each. */
function wayOut({ name, excluded }: FailedProject, { offline }: Circumstances): string {
  const reasons = [...excluded.values()];
  if (reasons.some((reason) => reason.startsWith("needs Python"))) {
    return `woma's Python is ${PYTHON_VERSION}, and no version of ${name} is for that`;
  }
  if (!reasons.some((reason) => reason.includes("cannot be had"))) return "look for another package that does the same";
  return offline
    ? `leave out --offline, or fetch it beforehand with a network: woma install ${name}`
    : "look at the network and at the index that pip's settings name (PIP_INDEX_URL)";
}

const MOST_LINES = 30;
const MOST_VERSIONS = 8;

function unknown(
  { name }: FailedProject,
  wanted: readonly FailedRequirement[],
  { lock, asked, offline }: Circumstances,
): ResolutionError {
  const by = [...new Set(wanted.map((each) => each.by))].join(", ");
  const places = [...asked].map(([label, problem]) => `  ${label}${problem === null ? " has none" : ` ${problem}`}`);
  const message = [
    `there is no package ${name} (${by})`,
    "  woma's own distribution has none",
    ...places.slice(0, MOST_LINES),
  ];
  const near = lock.nearestModule(name);
  const meant = near === null ? null : (lock.packageOfModule(near) ?? near);
  const looks = offline ? "woma looks at no index under --offline: leave it out" : "look at the spelling";
  const unanswered = [...asked.values()].some((problem) => problem !== null);
  const hint =
    moduleHint(name, lock) ??
    (meant !== null && meant !== name
      ? `did you mean '${meant}'?`
      : unanswered && !offline
        ? "look at the network and at the index that pip's settings name (PIP_INDEX_URL), or at the spelling"
        : asked.size === 0 && !offline
          ? "no package index is configured: set PIP_INDEX_URL, or look at the spelling"
          : looks);
  return new ResolutionError(message.join("\n"), { hint });
}

/** Lines that say what there is of a project, and why not all that would fit counts. */
function availability({ name, versions, excluded }: FailedProject): readonly string[] {
  const grouped = Map.groupBy(excluded.keys(), (version) => excluded.get(version) ?? "");
  return [
    ...(versions.length === 0 ? [] : [`  ${name} is there as ${shortened(versions)}`]),
    ...[...grouped].slice(0, MOST_VERSIONS).map(([reason, group]) => `  ${name} ${shortened(group)} ${reason}`),
  ];
}

function shortened(versions: readonly string[]): string {
  return versions.slice(0, MOST_VERSIONS).join(", ") + (versions.length > MOST_VERSIONS ? " …" : "");
}

function advice(wanted: readonly FailedRequirement[], { name, excluded }: FailedProject): string {
  const own = wanted.find(({ by }) => !/^\S+ \d/.test(by));
  if (own !== undefined && wanted.length > 1) return `let go of a bound: '${own.text}' was asked for by ${own.by}`;
  if ([...excluded.values()].some((reason) => reason.startsWith("needs Python"))) {
    return `woma's Python is ${PYTHON_VERSION}: ask for another version of ${name}`;
  }
  return own === undefined ? "ask for other versions of what needs it" : `ask for another version of ${name}`;
}
