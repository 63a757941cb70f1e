import { Bytecode } from "../broker/bytecode.ts";
import type { CellCommand } from "../broker/cell-process.ts";
import { compileCells } from "../broker/compile-cell.ts";
import { resolveInCells } from "../broker/resolver-cell.ts";
import type { Config } from "../config.ts";
import { formatError } from "../errors.ts";
import type { Libc } from "../protocol/libc.ts";
import { BytecodeStore } from "../pyodide-manager/bytecode-store.ts";
import { type Cache, openCache } from "../pyodide-manager/cache.ts";
import { CacheError } from "../pyodide-manager/cache-error.ts";
import type { ProgressListener } from "../pyodide-manager/progress.ts";
import { PackageProvider } from "../pyodide-manager/provide.ts";

/** What runs of programs need for their packages. */
export interface ProgramPackages {
  readonly provider: PackageProvider;
  readonly bytecode: Bytecode;
}

interface Surroundings {
  readonly libc: Libc | null;
  /** How cells of woma's own are started. */
  readonly command: CellCommand;
  readonly progress: ProgressListener;
}

/** Nothing is opened or asked before a program wants a package. */
export function programPackages(
  config: Pick<Config, "cacheDirectory" | "packages" | "lockMode">,
  { libc, command, progress }: Surroundings,
): ProgramPackages {
  let cache: Cache | null | undefined;
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
    indexRefusal: null,
    resolveInCell: resolveInCells(command, libc),
    progress,
  };
  return {
    provider: new PackageProvider(parts),
    bytecode: new Bytecode(new BytecodeStore(theCache), compileCells(command, libc)),
  };
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
