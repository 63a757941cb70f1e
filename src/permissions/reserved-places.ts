import { UsageError } from "../errors.ts";
import { pathWithin } from "./guest-path.ts";
import type { GuestPath, HostPath, Mount } from "./permissions.ts";
import { shellWord } from "./shell-word.ts";

/** /usr/bin holds what sys.executable names, /usr/lib the shared libraries of packages. */
const INTERPRETERS_OWN = ["/dev", "/lib", "/proc", "/sys", "/usr/bin", "/usr/lib"];

/** Files made by the kernel: through them the broker's own memory, environment and open files could be reached. */
const KERNELS_OWN = ["/proc", "/sys"];

/** Throws UsageError for a mount on, in or above the interpreter's own; `host` is how the user wrote its path. */
export function refuseReserved(host: string, mount: Pick<Mount, "guestPath" | "access" | "grantedBy">): void {
  const place = reservedPlace(mount.guestPath);
  if (place === null) return;
  const elsewhere = mountElsewhere(host, mount);
  throw new UsageError(
    `${mount.grantedBy}: clashes with the interpreter's own ${place}`,
    elsewhere === null ? "copy it to another place" : `${elsewhere} puts it elsewhere`,
  );
}

/** The place of the interpreter's own that a mount at `guestPath` would hide or lie in; null for none. */
export function reservedPlace(guestPath: GuestPath): string | null {
  const clashes = (place: string) => pathWithin(guestPath, place) !== null || pathWithin(place, guestPath) !== null;
  return INTERPRETERS_OWN.find(clashes) ?? null;
}

/**
 * Whether the kernel makes this file. No mount shows one, and since a mount of `/` has them below it, whatever opens
 * files of a mount asks this for each.
 */
export function isKernelsOwn(path: HostPath | GuestPath): boolean {
  return KERNELS_OWN.some((place) => pathWithin(path, place) !== null);
}

/** The `--mount` that puts `host` where it hides nothing; null for a path with a colon, which it cannot write. */
export function mountElsewhere(host: string, mount: Pick<Mount, "guestPath" | "access">): string | null {
  if (host.includes(":")) return null;
  const place = mount.guestPath === "/" ? "/host" : `/host${mount.guestPath}`;
  return `--mount ${shellWord(`${host}:${place}${mount.access === "read" ? ":ro" : ""}`)}`;
}
