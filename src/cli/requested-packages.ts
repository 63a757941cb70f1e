import { UsageError } from "../errors.ts";
import { NO_CHOICE } from "../pyodide-manager/index/pip-settings.ts";
import type { Wanted } from "../pyodide-manager/provide.ts";
import { requirement } from "../pyodide-manager/resolve/requirement.ts";
import { type RequirementsFile, readRequirementsFile } from "../pyodide-manager/resolve/requirements-file.ts";
import { WOMA_LOCK, type WomaLock } from "../pyodide-manager/resolve/woma-lock.ts";
import type { InstallInvocation } from "./install-options.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * What `woma install` is asked for: packages, requirements files, or else all that woma.lock was made for. Throws
 * WomaError.
 */
export function requestedPackages(
  { requirements, requirementFiles }: Pick<InstallInvocation, "requirements" | "requirementFiles">,
  womaLock: WomaLock | null,
  variables: Variables,
): Wanted {
  const typed = requirements.map((text) => requirement(text, "the command line"));
  const files = requirementFiles.map((path) => readRequirementsFile(path, variables));
  if (typed.length + files.length === 0) {
    return { requirements: (womaLock?.requirements ?? []).map((text) => requirement(text, WOMA_LOCK)) };
  }
  const all = [...typed, ...files.flatMap((file) => file.requirements)];
  const unhashed = typed.find(() => all.some(({ hashes }) => hashes.length > 0));
  if (unhashed !== undefined) {
    throw new UsageError(
      `'${unhashed.text}' has no hash, and the requirements file demands hashes`,
      "write it into the file, with its --hash=sha256:…",
    );
  }
  return {
    requirements: all,
    constraints: files.flatMap((file) => file.constraints),
    sources: files.map((file) => file.sources).reduce(mergeSources, NO_CHOICE),
  };
}

/** The later file decides, and lists add up. */
function mergeSources(first: RequirementsFile["sources"], second: RequirementsFile["sources"]): typeof first {
  const added = <T>(one: readonly T[] | null, two: readonly T[] | null) =>
    one === null && two === null ? null : [...(one ?? []), ...(two ?? [])];
  return {
    index: second.index ?? first.index,
    extraIndexes: added(first.extraIndexes, second.extraIndexes),
    findLinks: added(first.findLinks, second.findLinks),
    noIndex: second.noIndex ?? first.noIndex,
    certificates: second.certificates ?? first.certificates,
  };
}
