import { Bytecode } from "../broker/bytecode.ts";
import type { CellCommand } from "../broker/cell-process.ts";
import { compileCells } from "../broker/compile-cell.ts";
import { resolveInCells } from "../broker/resolver-cell.ts";
import type { Config } from "../config.ts";
import { formatError } from "../errors.ts";
import type { NetworkPolicy } from "../permissions/permissions.ts";
import type { Libc } from "../protocol/libc.ts";
import type { Program } from "../protocol/messages.ts";
import { BytecodeStore } from "../pyodide-manager/cache/bytecode-store.ts";
import { type Cache, openCache } from "../pyodide-manager/cache/cache.ts";
import { CacheError } from "../pyodide-manager/cache/cache-error.ts";
import type { ProgressListener } from "../pyodide-manager/progress.ts";
import { PackageProvider } from "../pyodide-manager/provide.ts";
import type { WomaLock } from "../pyodide-manager/resolve/woma-lock.ts";
import type { LoadedProgram } from "./program.ts";

/** What runs of programs need for their packages. */
export interface RunPackages {
  readonly provider: PackageProvider;
  readonly bytecode: Bytecode;
}

interface Surroundings {
  readonly libc: Libc | null;
  /** How cells of woma's own are started. */
  readonly command: CellCommand;
  readonly progress: ProgressListener;
}

/** What a run knows besides, and other commands need not. */
interface Circumstances {
  readonly network?: NetworkPolicy;
  readonly womaLock?: WomaLock | null;
  /** Undefined where nobody has opened it yet. */
  readonly cache?: Cache | null | undefined;
}

/** Nothing is opened or asked before a program wants a package. */
export function programPackages(
  config: Pick<Config, "cacheDirectory" | "packages" | "lockMode"> & Circumstances,
  { libc, command, progress }: Surroundings,
): RunPackages {
  let { cache } = config;
  const theCache = () => {
    if (cache === undefined) cache = cacheOrNone(config.cacheDirectory);
    return cache;
  };
  const parts = {
    settings: config.packages,
    get cache() {
      return theCache();
    },
    isLocked: config.lockMode === "required",
    womaLock: config.womaLock ?? null,
    indexRefusal: isWithoutNetwork(config.network) ? NO_INDEX : null,
    resolveInCell: resolveInCells(command, libc),
    progress,
  };
  return {
    provider: new PackageProvider(parts),
    bytecode: new Bytecode(new BytecodeStore(theCache), compileCells(command, libc)),
  };
}

function isWithoutNetwork(policy: NetworkPolicy | undefined): boolean {
  return policy?.default === "none" && policy.allow.length === 0;
}

const NO_INDEX =
  "the program has no network (--deny-net), and so no package index; `--with NAME` gives it packages all the same";

/** While a cell starts: what its program is likely to import is opened, should the cache have it. */
export function expectImports({ provider, bytecode }: RunPackages, { program, source }: LoadedProgram): void {
  const modules = program.kind === "module" ? [program.name] : importedModules(textOf(program, source));
  if (modules.length > 0) for (const wheel of provider.openCached(modules)) bytecode.open(wheel);
}

function textOf(program: Program, source: Uint8Array): string {
  return program.kind === "command" ? program.code : new TextDecoder().decode(source);
}

/** At a glance: what is missed costs some milliseconds, and so does what is too much. */
function importedModules(text: string): string[] {
  const statements = text.matchAll(/(?:^|[;:])[ \t]*(?:from|import)[ \t]+(\w+(?:[.\w \t]*,[ \t]*\w+)*)/gm);
  return [...statements].flatMap(([, names = ""]) => names.split(",").map((name) => name.trim().replace(/\W.*/, "")));
}

/** One that cannot be used costs a message, and what is downloaded is kept for this run only. */
export function cacheOrNone(directory: string): Cache | null {
  try {
    return openCache(directory);
  } catch (error) {
    if (!(error instanceof CacheError)) throw error;
    process.stderr.write(formatError(error));
    return null;
  }
}
