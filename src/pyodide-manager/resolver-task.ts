/** What the solver in a cell is given to solve; JSON. */
export interface ResolverTask {
  readonly requirements: readonly { readonly text: string; readonly source: string }[];
  readonly constraints: readonly { readonly text: string; readonly source: string }[];
  /** What is there already and stays: versions by normalized name. */
  readonly present: Readonly<Record<string, string>>;
  readonly lock: Readonly<Record<string, LockCandidate>>;
  /** Versions to be preferred to newer ones, by normalized name. */
  readonly preferred: Readonly<Record<string, string>>;
}

interface LockCandidate {
  readonly version: string;
  readonly file: string;
  readonly depends: readonly string[];
}

/** What the solver may ask while it solves. */
export interface ResolverAnswers {
  /** A project's files, as JSON; null when no index has such a project. */
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
