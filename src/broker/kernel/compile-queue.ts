import type { ArchiveGrant, CompileReply, CompileTask } from "../../protocol/messages.ts";

/** What is to be compiled, and where the code goes. */
export interface CompileJob {
  readonly task: Omit<CompileTask, "done" | "archives">;
  /** No bytes when it is no Python. */
  done(code: Uint8Array): void;
}

/** The work of a cell that compiles: it takes one job after another. */
export class CompileQueue {
  readonly #jobs: CompileJob[] = [];
  readonly #newArchives: ArchiveGrant[] = [];
  #current: CompileJob | null = null;
  #onJob: (() => void) | null = null;
  #onIdle: (() => void)[] = [];

  announce(archive: ArchiveGrant): void {
    this.#newArchives.push(archive);
  }

  add(job: CompileJob): void {
    this.#jobs.push(job);
    this.#onJob?.();
  }

  get isIdle(): boolean {
    return this.#current === null && this.#jobs.length === 0;
  }

  /** Resolves when all that was added is compiled. */
  async idle(): Promise<void> {
    if (!this.isIdle) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** The cell's next job, when there is one. */
  async next(): Promise<CompileReply> {
    while (this.#jobs.length === 0) await new Promise<void>((resolve) => (this.#onJob = resolve));
    this.#onJob = null;
    const job = this.#jobs.shift() as CompileJob;
    this.#current = job;
    return { done: false, archives: this.#newArchives.splice(0), ...job.task };
  }

  /** The cell has compiled the module that it was given last, and says which that was. */
  finished(archive: number, entry: string, code: Uint8Array): void {
    const job = this.#current;
    if (job === null || job.task.archive !== archive || job.task.entry !== entry) return;
    this.#current = null;
    job.done(code.slice());
    if (this.isIdle) for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}
