/** What the solver in a cell is given to solve; JSON. */
export interface ResolverTask {
  readonly requirements: readonly WrittenRequirement[];
  /** Versions of packages, should they be needed. */
  readonly constraints: readonly WrittenRequirement[];
  /** What is there already and stays: versions by normalized name. */
  readonly present: Readonly<Record<string, string>>;
  readonly lock: Readonly<Record<string, LockCandidate>>;
  /** Versions of an index to be preferred to newer ones, by normalized name. */
  readonly preferred: Readonly<Record<string, string>>;
}

interface WrittenRequirement {
  readonly text: string;
  readonly source: string;
  readonly hashes: readonly string[];
}

interface LockCandidate {
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
  readonly depends: readonly string[];
}

/** What `ResolverAnswers.project` comes to, in JSON. */
export interface ProjectListing {
  /** Those that run here, for each version the best first. */
  readonly files: readonly {
    readonly file: string;
    readonly version: string;
    readonly sha256: string | null;
    readonly requiresPython: string | null;
    readonly yanked: boolean;
  }[];
  /** Versions of which there is no such file, and what there is. */
  readonly unusable: Readonly<Record<string, string>>;
}

/** What the solver may ask while it solves. */
export interface ResolverAnswers {
  /** Said before anything else, by a cell that has seen nothing of anybody's yet: micropip's default index. */
  defaultIndex(url: string): void;
  /** A project's files on the next index that has such, a ProjectListing; null when there is no further one. */
  project(name: string): Promise<Uint8Array | null>;
  /** The METADATA of one of the files that `project` listed; null when it cannot be had. */
  metadata(project: string, file: string): Promise<Uint8Array | null>;
}

/**
 * Solves the task in a confined cell; what the solver answered, as JSON that nobody has checked. Throws WomaError when
 * the cell came to no answer.
 */
export type ResolveInCell = (task: ResolverTask, answers: ResolverAnswers, signal: AbortSignal) => Promise<unknown>;

/** The broker's end of a cell that solves. */
export interface Resolver {
  readonly answers: ResolverAnswers;
  /** The solver's answer, in bytes that nobody has looked at. */
  finish(bytes: Uint8Array): void;
  /** A question could not be answered, and there is no going on. */
  fail(error: unknown): void;
}
