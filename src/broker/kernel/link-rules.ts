import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { KernelError } from "./errno.ts";

/**
 * A program may plant no link that leads the user's other programs, with more rights than it has, out of its mount:
 * neither by what it writes nor by moving one up that was right where it was. Depths count from the mount's root.
 */
export function refuseLeavingLink(target: string, depth: number): void {
  // `name/..` is not where it seems when the name is a link.
  const parts = target.split("/").filter((part) => part !== "" && part !== ".");
  const firstName = parts.findIndex((part) => part !== "..");
  const turnsBack = target.startsWith("/")
    ? parts.includes("..")
    : firstName >= 0 && parts.lastIndexOf("..") > firstName;
  if (turnsBack || leadsAbove(partsOf(target), depth))
    throw new KernelError("EPERM", "a link may not lead out of its mount");
}

/** More than this is not looked through before a directory is moved. */
const MOST_ENTRIES = 20_000;

/**
 * Throws EXDEV, at which programs copy instead, when what is moved up holds a link that would lead out from its new
 * place and does not from its old. `path` is safe to look at: nothing on the way is a link.
 */
export function refuseMovingLinksOut(path: string, from: number, to: number): void {
  if (to >= from) return;
  let left = MOST_ENTRIES;
  const look = (entry: string, below: number): void => {
    left -= 1;
    if (left < 0) throw new KernelError("EXDEV", "it holds too much to be moved up as one");
    const stats = lstatSync(entry, { throwIfNoEntry: false });
    if (stats?.isSymbolicLink()) {
      const parts = partsOf(readlinkSync(entry));
      if (leadsAbove(parts, to + below) && !leadsAbove(parts, from + below)) {
        throw new KernelError("EXDEV", "a link may not be moved to where it leads out of its mount");
      }
    } else if (stats?.isDirectory()) for (const name of readdirSync(entry)) look(`${entry}/${name}`, below + 1);
  };
  look(path, 0);
}

/** An absolute link leads to the same place from everywhere. */
function partsOf(target: string): string[] {
  return target.startsWith("/") ? [] : target.split("/").filter((part) => part !== "" && part !== ".");
}

function leadsAbove(parts: readonly string[], depth: number): boolean {
  let at = depth;
  for (const part of parts) {
    at += part === ".." ? -1 : 1;
    if (at < 0) return true;
  }
  return false;
}
