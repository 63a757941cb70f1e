import { pathFlag, splitPaths } from "./items.ts";
import { locate } from "./locate.ts";
import type { Mount, PathContext } from "./permissions.ts";
import { refuseReserved } from "./reserved-places.ts";

/** `--allow-read=PATH[,PATH…]`: the program reads these where the user has them. Throws UsageError. */
export function parseReadGrant(value: string, context: PathContext): readonly Mount[] {
  return splitPaths("--allow-read", value).map((path) => grant(path, "read", context));
}

/** `--allow-write=PATH[,PATH…]`: the program reads and writes these where the user has them. Throws UsageError. */
export function parseWriteGrant(value: string, context: PathContext): readonly Mount[] {
  return splitPaths("--allow-write", value).map((path) => grant(path, "read-write", context));
}

function grant(path: string, access: Mount["access"], context: PathContext): Mount {
  const grantedBy = pathFlag(access === "read" ? "--allow-read" : "--allow-write", path);
  const located = locate(path, grantedBy, context);
  const mount = { ...located, access, grantedBy, writableBy: pathFlag("--allow-write", located.guestPath) };
  refuseReserved(mount.guestPath, mount);
  return mount;
}
