import { formatError, WomaError } from "../errors.ts";
import type { ArchiveGrant, InstallReply, ProvideReply } from "../protocol/messages.ts";
import type { OpenWheel } from "../pyodide-manager/cache/open-wheel.ts";
import type { PackageRun } from "../pyodide-manager/package-run.ts";
import type { Bytecode } from "./bytecode.ts";
import type { ArchiveTable } from "./kernel/archives.ts";

/** What a program's packages are made of. */
interface Parts {
  /** Null for a program that may have none. */
  readonly run: PackageRun | null;
  readonly bytecode: Bytecode | null;
  readonly archives: ArchiveTable;
  /** Stops the program's clock until it is disposed of. */
  suspendDeadline(): Disposable;
}

/** The packages of one program: has them fetched, and hands them to its cell. */
export class ProgramPackages implements Disposable {
  readonly #stopping = new AbortController();

  constructor(private readonly parts: Parts) {}

  /** What the user asked for, to be there from the start. */
  initial(): ArchiveGrant[] {
    return this.#mount(this.parts.run?.initial ?? []);
  }

  async provide(module: string, signal: AbortSignal): Promise<ProvideReply> {
    const { run } = this.parts;
    if (run === null) return { kind: "none", advice: null, isUnknown: false };
    return this.#attempt(signal, async (either) => {
      const found = await run.provide(module, either);
      if ("advice" in found) return { kind: "none", ...found };
      return { kind: "mounted", archives: this.#mount(found.wheels) };
    });
  }

  async install(requirements: readonly string[], signal: AbortSignal): Promise<InstallReply> {
    const { run } = this.parts;
    if (run === null) return { kind: "refused", reason: "this program may have no packages" };
    return this.#attempt(signal, async (either) => {
      const { wheels, packages } = await run.install(requirements, either);
      return { kind: "mounted", archives: this.#mount(wheels), packages };
    });
  }

  /** How the program could have a module that one of its libraries misses; null when there is nothing to say. */
  adviceForLibrary(module: string): string | null {
    return this.parts.run?.adviceForLibrary(module) ?? null;
  }

  [Symbol.dispose](): void {
    this.#stopping.abort();
  }

  /** What cannot be done is an answer; the time that it takes is not the program's. */
  async #attempt<T>(
    signal: AbortSignal,
    act: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | { readonly kind: "refused"; readonly reason: string }> {
    using _ = this.parts.suspendDeadline();
    try {
      return await act(AbortSignal.any([signal, this.#stopping.signal]));
    } catch (error) {
      // A defect of woma's is an answer, too: the program waits for one.
      const told = error instanceof WomaError ? error : new WomaError(`woma itself failed: ${String(error)}`);
      return { kind: "refused", reason: reasonOf(told) };
    }
  }

  #mount(wheels: readonly OpenWheel[]): ArchiveGrant[] {
    const { archives, bytecode } = this.parts;
    return wheels.map((wheel) => {
      const compiled = bytecode?.open(wheel) ?? null;
      return {
        archive: archives.add(bytecode?.observed(wheel) ?? wheel),
        package: wheel.file.name,
        kind: wheel.file.fileName.endsWith(".whl") ? ("wheel" as const) : ("library" as const),
        bytecode: compiled === null ? null : archives.add(compiled),
      };
    });
  }
}

/** The message of a Python exception. */
function reasonOf(error: WomaError): string {
  return formatError(error)
    .replace(/^error: /, "")
    .replace(/\n\nhint: /, "\nhint: ")
    .trimEnd();
}
