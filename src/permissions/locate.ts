import { realpathSync, type Stats, statSync } from "node:fs";
import { UsageError } from "../errors.ts";
import { toGuestPath } from "./guest-path.ts";
import type { HostPath, Mount, PathContext } from "./permissions.ts";
import { isKernelsOwn } from "./reserved-places.ts";

/**
 * Finds what a path on the command line names: a file or a directory that is there, else a UsageError that begins
 * with `flag`. The guest path is the absolute path as it was given. POSIX paths only, no drive letters.
 */
export function locate(
  path: string,
  flag: string,
  context: PathContext,
): Pick<Mount, "hostPath" | "guestPath" | "kind"> {
  if (path.includes("\0")) throw new UsageError(`${flag}: a NUL character in a path`, "no path can hold one");
  const given = absolutePath(path, context);
  const hostPath = resolveLinks(given, flag);
  const guestPath = toGuestPath(given);
  // By text `link/..` is the link's own directory, for the system the one above the link's target.
  if (path.split("/").includes("..") && !leadsTo(guestPath, hostPath)) {
    throw new UsageError(`${flag}: '..' after a link, which can mean two places`, "write the path without '..'");
  }
  if (isKernelsOwn(hostPath)) {
    throw new UsageError(
      `${flag}: what the kernel shows in /proc and /sys is never granted`,
      "copy it to a file first",
    );
  }
  return { hostPath, guestPath, kind: kindOf(hostPath, flag) };
}

function absolutePath(path: string, { workingDirectory, home }: PathContext): string {
  if (path === "~" || path.startsWith("~/")) return home + path.slice(1);
  return path.startsWith("/") ? path : `${workingDirectory}/${path}`;
}

/** The native one: the other resolves `..` by text, and takes `file/` for `file`. */
function resolveLinks(path: string, flag: string): HostPath {
  try {
    return realpathSync.native(path) as HostPath;
  } catch (cause) {
    throw unreachable(flag, cause);
  }
}

function leadsTo(path: string, hostPath: HostPath): boolean {
  try {
    return realpathSync.native(path) === hostPath;
  } catch {
    return false;
  }
}

function kindOf(hostPath: HostPath, flag: string): Mount["kind"] {
  let status: Stats;
  try {
    status = statSync(hostPath);
  } catch (cause) {
    throw unreachable(flag, cause);
  }
  if (status.isDirectory()) return "directory";
  if (status.isFile()) return "file";
  throw new UsageError(
    `${flag}: ${specialKind(status)}, neither a file nor a directory`,
    "grant a file or a directory",
  );
}

function specialKind(status: Stats): string {
  if (status.isSocket()) return "a socket";
  return status.isFIFO() ? "a named pipe" : "a device";
}

function unreachable(flag: string, cause: unknown): UsageError {
  const code = (cause as NodeJS.ErrnoException).code ?? "EIO";
  const [reason, hint] = FAILURES[code] ?? [code, "check the path"];
  return new UsageError(`${flag}: ${reason}`, hint);
}

const FAILURES: Record<string, readonly [string, string]> = {
  ENOENT: ["no such file or directory", "check the spelling; for a file that is yet to be made, grant its directory"],
  ENOTDIR: ["not a directory", "a part of the path is a file"],
  EACCES: ["permission denied", "woma itself needs the right to look it up: check with ls -l"],
  ELOOP: ["too many levels of symbolic links", "the links lead round in a circle"],
  ENAMETOOLONG: ["file name too long", "no path is that long"],
};
