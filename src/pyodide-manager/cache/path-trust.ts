import { lstatSync, readlinkSync, realpathSync, type Stats } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Whether what lies at a path can have been put there by this user or root only: each directory and link on the way is
 * theirs, and nobody else may write to it. In a sticky directory (/tmp) others may make things, but not replace these.
 * Never so where there are no users to tell apart (Windows), or nothing lies there.
 */
export function isTrustedPath(path: string): boolean {
  if (process.geteuid === undefined) return false;
  try {
    return isTrusted(resolve(path), "itself", MOST_LINKS);
  } catch {
    return false;
  }
}

/** Whether a file or directory is this user's or root's, and closed to others' writing. */
export function isPrivate(status: Pick<Stats, "uid" | "mode">): boolean {
  return isOwn(status) && (status.mode & WRITABLE_BY_OTHERS) === 0;
}

const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;
const MOST_LINKS = 40;

function isOwn({ uid }: Pick<Stats, "uid">): boolean {
  return uid === process.geteuid?.() || uid === 0;
}

function isTrusted(path: string, place: "itself" | "above", linksLeft: number): boolean {
  const parent = dirname(path);
  if (parent !== path && !isTrusted(parent, "above", linksLeft)) return false;
  const status = lstatSync(path);
  if (status.isSymbolicLink()) {
    return (
      isOwn(status) &&
      linksLeft > 0 &&
      isTrusted(resolve(realpathSync(parent), readlinkSync(path)), place, linksLeft - 1)
    );
  }
  return isPrivate(status) || (place === "above" && isOwn(status) && (status.mode & STICKY) !== 0);
}
