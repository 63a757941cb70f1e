import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WomaError } from "../errors.ts";

/**
 * The cache that woma processes share:
 *
 *   CACHEDIR.TAG            tells backup programs to leave it out
 *   snapshots/<build id>    a checkout's interpreter; a compiled woma has its own inside
 */
export interface Cache {
  readonly directory: string;
  snapshotPath(buildId: string): string;
}

/** Opens the cache, making it first where there is none. Throws WomaError when it cannot be made or written. */
export function openCache(directory: string): Cache {
  try {
    mkdirSync(join(directory, "snapshots"), { recursive: true, mode: 0o755 });
    accessSync(join(directory, "snapshots"), constants.W_OK);
    if (!existsSync(join(directory, "CACHEDIR.TAG"))) writeFileSync(join(directory, "CACHEDIR.TAG"), TAG);
  } catch (cause) {
    throw new CacheError(directory, cause);
  }
  return { directory, snapshotPath: (buildId) => join(directory, "snapshots", buildId) };
}

export class CacheError extends WomaError {
  constructor(directory: string, cause: unknown) {
    const code = (cause as NodeJS.ErrnoException).code ?? "";
    super(`cannot use the cache ${directory}: ${REASONS[code] ?? code}`, {
      hint: "name another directory with --pyodide-cache or WOMA_CACHE; without one, woma keeps nothing between runs",
      cause,
    });
  }
}

const TAG =
  "Signature: 8a477f597d28d172789f06886806bc55\n# This directory holds woma's cache; it can be deleted at any time.\n";

const REASONS: Record<string, string> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the disk",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a part of the path is a file",
  EEXIST: "a part of the path is a file",
  ENOENT: "it cannot be made there",
};
