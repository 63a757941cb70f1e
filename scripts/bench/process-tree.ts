import { readdirSync, readFileSync } from "node:fs";

/** A process and its descendants: proportional set sizes, in MB (10⁶ bytes), by process id. Linux only. */
export function proportionalSizes(root: number): ReadonlyMap<number, number> {
  const sizes = new Map<number, number>();
  for (const pid of descendants(root)) {
    const megabytes = proportionalSize(pid);
    if (megabytes !== null) sizes.set(pid, megabytes);
  }
  return sizes;
}

function descendants(root: number): readonly number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)] as const);
  const found = [root];
  // Grows while it is read: children are appended, and looked at in their turn.
  for (const pid of found) found.push(...parents.filter(([, parent]) => parent === pid).map(([child]) => child));
  return found;
}

/** Null for a process that has gone meanwhile. */
function parentOf(pid: string): number | null {
  const stat = readProc(`/proc/${pid}/stat`);
  // The name, in parentheses, may hold anything: what follows it begins "state parent".
  return stat === null ? null : Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

function proportionalSize(pid: number): number | null {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readProc(`/proc/${pid}/smaps_rollup`) ?? "")?.[1];
  return kilobytes === undefined ? null : (Number(kilobytes) * 1024) / 1_000_000;
}

function readProc(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
