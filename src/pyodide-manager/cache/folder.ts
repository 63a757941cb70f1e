import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  type Stats,
  statSync,
} from "node:fs";
import { join } from "node:path";

/**
 * A directory of a cache, open, that was reached without following a link: whoever may write to the cache cannot lead
 * woma to what is not in it. What is in it is named below `path`, which leads here whatever is renamed meanwhile (only
 * where there is a /proc).
 */
export interface Folder {
  readonly fd: number;
  readonly path: string;
}

/** What lies in a directory's place cannot be used as one. `message` is a clause: "its wheels-v1 is a link". */
export class FolderFault extends Error {}

/**
 * Opens the directory of these names, one below the other, for as long as `act` runs; for writing, it is made where
 * there is none. The cache's own directory may be reached by a link. Throws FolderFault or a system error.
 */
export function inFolder<T>(
  cacheDirectory: string,
  names: readonly string[],
  purpose: "reading" | "writing",
  act: (folder: Folder) => T,
): T {
  let fd = openSync(cacheDirectory, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0));
  try {
    const top = fstatSync(fd);
    let real = cacheDirectory;
    for (const [index, name] of names.entries()) {
      const path = join(nameOf(fd, real), name);
      const title = names.slice(0, index + 1).join("/");
      if (purpose === "writing") makeIfMissing(path);
      const inner = openNext(path, title);
      closeSync(fd);
      [fd, real] = [inner, join(real, name)];
      if (purpose === "writing" && isForeign(fstatSync(fd), top)) {
        throw new FolderFault(`its ${title} is another user's`);
      }
    }
    return act({ fd, path: nameOf(fd, real) });
  } finally {
    closeSync(fd);
  }
}

/** What keeps a directory of the cache from being used; null where nothing does, or there is none yet. */
export function faultOfFolder(cacheDirectory: string, name: string): string | null {
  const status = lstatSync(join(cacheDirectory, name), { throwIfNoEntry: false });
  if (status === undefined) return null;
  if (!status.isDirectory()) return `its ${name} is ${status.isSymbolicLink() ? "a link" : "no directory"}`;
  const top = statSync(cacheDirectory, { throwIfNoEntry: false });
  return top !== undefined && isForeign(status, top) ? `its ${name} is another user's` : null;
}

function makeIfMissing(path: string): void {
  try {
    mkdirSync(path, { mode: 0o755 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

const NOT_FOLLOWED = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);

function openNext(path: string, title: string): number {
  // Where the system has no flag for it (Windows).
  if (constants.O_NOFOLLOW === undefined && lstatSync(path).isSymbolicLink()) {
    throw new FolderFault(`its ${title} is a link`);
  }
  try {
    return openSync(path, NOT_FOLLOWED);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ELOOP" && code !== "ENOTDIR") throw error;
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
    throw new FolderFault(`its ${title} is ${isLink ? "a link" : "no directory"}`);
  }
}

/** A descriptor's file by name: nobody can put another in its place. */
function nameOf(fd: number, real: string): string {
  hasProc ??= process.platform === "linux" && existsSync("/proc/self/fd");
  return hasProc ? `/proc/self/fd/${fd}` : real;
}

let hasProc: boolean | undefined;

const WRITABLE_BY_OTHERS = 0o022;

/** Of someone who is neither this user, nor root, nor the cache's owner, in a cache that is not shared on purpose. */
function isForeign({ uid }: Stats, top: Stats): boolean {
  if (process.geteuid === undefined || (top.mode & WRITABLE_BY_OTHERS) !== 0) return false;
  return uid !== process.geteuid() && uid !== 0 && uid !== top.uid;
}
