import { posix } from "node:path";
import type { GuestPath } from "./permissions.ts";

/** Normalises by text alone: links are the file system's to follow. */
export function toGuestPath(absolutePath: string): GuestPath {
  if (!absolutePath.startsWith("/")) throw new Error(`not an absolute path: ${JSON.stringify(absolutePath)}`);
  // Not normalize, which keeps a slash at the end.
  return posix.resolve(absolutePath) as GuestPath;
}

/** The path of `path` from `directory`, "" for the directory itself; null when it lies elsewhere. Both normalised. */
export function pathWithin(path: string, directory: string): string | null {
  if (path === directory) return "";
  const start = directory.endsWith("/") ? directory : `${directory}/`;
  return path.startsWith(start) ? path.slice(start.length) : null;
}
