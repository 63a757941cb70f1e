/** Why a solver came to nothing, as far as it said so in the agreed form; texts are short and without control characters. */
export interface SolverFailure {
  readonly kind: string;
  readonly text: string;
  readonly by: string;
  readonly reason: string;
  readonly name: string;
  readonly version: string;
  /** Requirements that exclude each other, or one that nothing fits. */
  readonly wanted: readonly FailedRequirement[];
  /** The projects that these are about. */
  readonly projects: readonly FailedProject[];
}

export interface FailedRequirement {
  readonly text: string;
  /** Where the user asked, or the package that needs it: `requests 2.33.1`. */
  readonly by: string;
  /** The sha256 that its file may have; empty when any may be. */
  readonly hashes: readonly string[];
}

export interface FailedProject {
  readonly name: string;
  /** The version that is in use already; null for none. */
  readonly present: string | null;
  readonly known: boolean;
  /** The distribution's version would do, if only it could be had. */
  readonly distributedFits: boolean;
  /** The newest first. */
  readonly versions: readonly string[];
  /** Versions that would fit, and why they do not count: "needs Python <3.12". The newest first. */
  readonly excluded: ReadonlyMap<string, string>;
  /** Files that would fit but for the hashes that are demanded: the sha256 of each, or "" where nobody says it. */
  readonly otherHashes: ReadonlyMap<string, string>;
}

/** Null for an answer that is no failure. */
export function parseFailure(answer: unknown): SolverFailure | null {
  const failure = fieldsOf(answer)["failure"];
  if (failure === undefined) return null;
  const fields = fieldsOf(failure);
  const [kind, words, by] = [text(fields["kind"]), text(fields["text"]), text(fields["by"])];
  return {
    kind,
    text: words,
    by,
    reason: text(fields["reason"]),
    name: text(fields["name"]),
    version: text(fields["version"]),
    wanted: list(fields["wanted"]).map((item) => ({
      text: text(fieldsOf(item)["text"]),
      by: text(fieldsOf(item)["by"]),
      hashes: list(fieldsOf(item)["hashes"]).map(text),
    })),
    projects: list(fields["projects"]).map(projectOf),
  };
}

function projectOf(value: unknown): FailedProject {
  const { name, present, known, distributedFits, versions, excluded, otherHashes } = fieldsOf(value);
  return {
    name: text(name),
    present: typeof present === "string" ? text(present) : null,
    known: known === true,
    distributedFits: distributedFits === true,
    versions: list(versions).map(text),
    excluded: textsOf(excluded),
    otherHashes: textsOf(otherHashes),
  };
}

const LONGEST_TEXT = 300;
const LONGEST_LIST = 500;

function text(value: unknown): string {
  return typeof value === "string" ? value.replace(/\p{C}/gu, "").slice(0, LONGEST_TEXT) : "";
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, LONGEST_LIST) : [];
}

function textsOf(value: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(fieldsOf(value)).slice(0, LONGEST_LIST);
  return new Map(entries.map(([key, item]) => [text(key), text(item)]));
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
