import { placeOf } from "../protocol/archive-layout.ts";
import type { BytecodeStore } from "../pyodide-manager/cache/bytecode-store.ts";
import type { OpenWheel } from "../pyodide-manager/cache/open-wheel.ts";
import { ArchiveTable, type MountedArchive } from "./kernel/archives.ts";
import { CompileQueue } from "./kernel/compile-queue.ts";

/** A cell that compiles, as it is started here. */
export interface CompileCell {
  /** Resolves when it is gone, for whatever reason. */
  readonly ended: Promise<unknown>;
  kill(): void;
}

/** Starts one; it takes its work from the queue and reads wheels from the table. */
export type StartCompileCell = (queue: CompileQueue, archives: ArchiveTable) => CompileCell;

/** What one wheel has, and what was compiled since. */
interface Progress {
  /** Its number in the compiling cell. */
  readonly archive: number;
  readonly known: Set<string>;
  readonly compiled: Map<string, Uint8Array>;
}

/**
 * Has the modules compiled that programs import for the first time, so that the next program finds them compiled. A
 * program's own cell could do that, but nobody could trust it.
 */
export class Bytecode {
  readonly #queue = new CompileQueue();
  readonly #archives = new ArchiveTable();
  readonly #wheels = new Map<string, Progress>();
  readonly #stored = new Map<string, MountedArchive | null>();
  #cell: CompileCell | null = null;

  constructor(
    private readonly store: BytecodeStore,
    private readonly startCell: StartCompileCell,
  ) {}

  /** The compiled code that there is of a wheel, as it was when it was first asked for; null for none. */
  open({ file }: OpenWheel): MountedArchive | null {
    const known = this.#stored.get(file.sha256);
    if (known !== undefined) return known;
    const stored = this.store.open(file.sha256);
    this.#stored.set(file.sha256, stored);
    return stored;
  }

  /** The wheel, in which modules that are read are noticed. */
  observed(wheel: OpenWheel): MountedArchive {
    if (!this.store.isUsable || !wheel.file.fileName.endsWith(".whl")) return wheel;
    const modules = new Map(
      wheel.entries.filter(({ name }) => name.endsWith(".py")).map((entry) => [entry.headerOffset, entry.name]),
    );
    return {
      entries: wheel.entries,
      readAt: (target, position) => {
        const name = modules.get(position);
        if (name !== undefined) this.#compile(wheel, name);
        return wheel.readAt(target, position);
      },
    };
  }

  /** Keeps what was compiled, once all of it is or this much time has passed. */
  async finish(patienceMs: number): Promise<void> {
    if (this.#cell === null) return;
    await Promise.race([this.#queue.idle(), this.#cell.ended, Bun.sleep(patienceMs)]);
    this.#cell.kill();
    for (const [sha256, { compiled }] of this.#wheels) this.store.save(sha256, compiled);
  }

  #compile(wheel: OpenWheel, entry: string): void {
    const path = placeOf("wheel", entry);
    const { archive, known, compiled } = this.#progressOf(wheel);
    if (path === null || known.has(entry)) return;
    known.add(entry);
    this.#cell ??= this.startCell(this.#queue, this.#archives);
    this.#queue.add({
      task: { archive, entry, path },
      done: (code) => {
        if (code.length > 0) compiled.set(entry, code);
      },
    });
  }

  #progressOf(wheel: OpenWheel): Progress {
    const { sha256, name } = wheel.file;
    let progress = this.#wheels.get(sha256);
    if (progress === undefined) {
      const archive = this.#archives.add(wheel);
      this.#queue.announce({ archive, package: name, kind: "wheel", bytecode: null });
      // What is compiled already is read only by one who wants the source.
      const known = new Set(this.open(wheel)?.entries.map((entry) => entry.name));
      progress = { archive, known, compiled: new Map() };
      this.#wheels.set(sha256, progress);
    }
    return progress;
  }
}
