import { existsSync } from "node:fs";
import { posix } from "node:path";
import type { Config } from "../config.ts";
import { missingHint, mountFor } from "../permissions/check.ts";
import type { GuestPath } from "../permissions/permissions.ts";

/**
 * Tells the user, not the program, that a file which the program did not find is there, and which flag would show it.
 * Nothing is said of what is not there either, or lies in a grant.
 */
export function hintMissing({ workingDirectory, mounts }: Config, path: string): void {
  const absolute = posix.resolve(workingDirectory, path);
  if (mountFor(mounts, absolute as GuestPath) !== null || !existsSync(absolute)) return;
  const hint = missingHint(path, workingDirectory);
  if (hint !== null) process.stderr.write(`\nhint: ${hint}\n`);
}
