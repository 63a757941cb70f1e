import { WomaError } from "../../errors.ts";

/** The cache cannot be made, read or written. */
export class CacheError extends WomaError {
  constructor(directory: string, cause: unknown) {
    super(`cannot use the cache ${directory}: ${describeFileError(cause)}`, {
      hint: "name another directory with --pyodide-cache or WOMA_CACHE; without one, woma keeps nothing between runs",
      cause,
    });
  }
}

/** In words, where there are some for it. */
export function describeFileError(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code ?? "";
  return REASONS[code] ?? (code === "" ? String(cause) : code);
}

const REASONS: Record<string, string> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the disk",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a part of the path is a file",
  EEXIST: "a part of the path is a file",
  ENOENT: "it cannot be made there",
  ELOOP: "a link is in its place",
  EFBIG: "the limit to the size of files (ulimit -f) is reached",
};
