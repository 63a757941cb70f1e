import { UsageError } from "../errors.ts";
import { pathWithin } from "./guest-path.ts";
import type { GuestPath, Mount } from "./permissions.ts";

/**
 * What all flags together grant, each guest path once and parents before what lies in them. Of the same grant given
 * twice the wider access holds; of nested ones the inner, be it the narrower. Throws UsageError for a conflict.
 */
export function combineMounts(mounts: readonly Mount[]): readonly Mount[] {
  const byGuestPath = new Map<GuestPath, Mount>();
  for (const mount of mounts) {
    const before = byGuestPath.get(mount.guestPath);
    byGuestPath.set(mount.guestPath, before === undefined ? mount : wider(before, mount));
  }
  const combined = [...byGuestPath.values()].sort((a, b) => (a.guestPath < b.guestPath ? -1 : 1));
  for (const file of combined.filter(({ kind }) => kind === "file")) refuseInside(file, combined);
  return combined;
}

function wider(before: Mount, mount: Mount): Mount {
  if (before.hostPath !== mount.hostPath) {
    throw new UsageError(`${before.grantedBy} and ${mount.grantedBy} put two things at the same place`, GIVE_A_PLACE);
  }
  return before.access === "read" ? mount : before;
}

function refuseInside(file: Mount, mounts: readonly Mount[]): void {
  const inside = mounts.find((mount) => mount !== file && pathWithin(mount.guestPath, file.guestPath) !== null);
  if (inside === undefined) return;
  throw new UsageError(`${inside.grantedBy} lies inside the file of ${file.grantedBy}`, GIVE_A_PLACE);
}

const GIVE_A_PLACE = "give one of them another place: --mount HOST:/elsewhere";
