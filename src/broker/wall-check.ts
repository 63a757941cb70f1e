import { readdirSync, readFileSync } from "node:fs";

/** What Linux says of a thread with a seccomp filter (proc(5)). */
const FILTERED = /^Seccomp:\s+2$/m;
const NO_NEW_PRIVILEGES = /^NoNewPrivs:\s+1$/m;

/**
 * Looks from outside whether every thread of a cell is locked, as the cell has said; what is wrong, or null. Only
 * Linux tells; elsewhere the cell's own word stands.
 */
export function holeInWall(pid: number | undefined): string | null {
  if (process.platform !== "linux") return null;
  const threads = list(`/proc/${pid}/task`);
  if (threads.length === 0) return "/proc does not show the cell, so that its wall cannot be checked";
  const open = threads.find((thread) => !isLocked(`/proc/${pid}/task/${thread}/status`));
  return open === undefined ? null : `thread ${open} of the cell is not locked`;
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function isLocked(path: string): boolean {
  try {
    const status = readFileSync(path, "latin1");
    return FILTERED.test(status) && NO_NEW_PRIVILEGES.test(status);
  } catch (error) {
    // It has ended since it was listed.
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ESRCH";
  }
}
