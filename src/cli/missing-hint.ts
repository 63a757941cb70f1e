import { existsSync } from "node:fs";
import { posix } from "node:path";
import type { Config } from "../config.ts";
import { missingHint, mountFor } from "../permissions/check.ts";
import type { GuestPath } from "../permissions/permissions.ts";

/** A program that misses more files than this has told the user what there is to tell. */
const MOST_HINTS = 10;

/**
 * Tells the user, not the program, that a file which the program did not find is there, and which flag would show it;
 * each once. Nothing is said of what is not there either, or lies in a grant.
 */
export function missingHinter({ workingDirectory, mounts }: Config): (path: string) => void {
  const told = new Set<string>();
  return (path) => {
    const absolute = posix.resolve(workingDirectory, path);
    if (told.size >= MOST_HINTS || told.has(absolute)) return;
    if (mountFor(mounts, absolute as GuestPath) !== null) return;
    const hint = existsSync(absolute)
      ? missingHint(path, workingDirectory)
      : writingHint(posix.dirname(absolute), workingDirectory);
    if (hint === null) return;
    told.add(absolute);
    process.stderr.write(`\nhint: ${hint}\n`);
  };
}

/** For a file that was to be made: its directory is there, and the program has none of that name. */
function writingHint(directory: string, workingDirectory: string): string | null {
  // The working directory is the program's too, in memory; what it does not find there is nowhere.
  if (directory === workingDirectory || !existsSync(directory)) return null;
  return (
    missingHint(directory, workingDirectory)
      ?.replace("--allow-read", "--allow-write")
      .replace("read it", "write there") ?? null
  );
}
