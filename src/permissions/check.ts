import { posix } from "node:path";
import { pathWithin, toGuestPath } from "./guest-path.ts";
import { pathFlag } from "./items.ts";
import type { GuestPath, Mount } from "./permissions.ts";
import { isKernelsOwn, mountElsewhere, reservedPlace } from "./reserved-places.ts";

export interface MountedPath {
  readonly mount: Mount;
  /** From the mount's root, "" for the root itself. Below a file there is nothing: its path is not "" then. */
  readonly relativePath: string;
}

/** The deepest mount that `guestPath` lies in, null for none. Links are to be followed before. */
export function mountFor(mounts: readonly Mount[], guestPath: GuestPath): MountedPath | null {
  let deepest: MountedPath | null = null;
  for (const mount of mounts) {
    const relativePath = pathWithin(guestPath, mount.guestPath);
    if (relativePath === null || (deepest && deepest.mount.guestPath.length > mount.guestPath.length)) continue;
    deepest = { mount, relativePath };
  }
  return deepest;
}

/** Why a write in a mount that is read-only is refused; for the program's PermissionError. */
export function writeRefusal({ grantedBy, writableBy }: Mount): string {
  return `read-only grant (${grantedBy}); allow writing with ${writableBy}`;
}

/**
 * For the terminal, when a program did not find what the user has at this path: the flag that would show it.
 * Null where none would. Safe to print: the path is the program's choice.
 */
export function missingHint(path: string, workingDirectory: string): string | null {
  const guestPath = toGuestPath(posix.resolve(workingDirectory, path));
  if (isKernelsOwn(guestPath) || pathWithin(guestPath, "/dev") !== null) return null;
  if (reservedPlace(guestPath) === null) {
    return `${pathFlag("--allow-read", shortest(guestPath, workingDirectory))} lets the program read it`;
  }
  const flag = mountElsewhere(guestPath, { guestPath, access: "read" });
  return flag === null ? null : `${flag} lets the program read it there`;
}

function shortest(path: GuestPath, workingDirectory: string): string {
  const relative = pathWithin(path, posix.resolve(workingDirectory));
  if (relative === null) return path;
  if (relative === "") return ".";
  return relative.startsWith("~") ? `./${relative}` : relative;
}
