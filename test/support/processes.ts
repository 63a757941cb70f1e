import { readdirSync, readFileSync } from "node:fs";

/** The processes whose parent is the given one, from /proc. */
export function childrenOf(parent: number): number[] {
  const every = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return every.filter((pid) => status(pid)?.parent === parent);
}

/** The one child that a process is known to have. */
export function onlyChildOf(parent: number): number {
  const [child, ...others] = childrenOf(parent);
  if (child === undefined || others.length > 0) throw new Error(`${parent} has not one child: ${[child, ...others]}`);
  return child;
}

/** Whether the process still runs; a zombie, dead but not yet waited for, does not. */
export function isRunning(pid: number): boolean {
  const state = status(pid)?.state;
  return state !== undefined && state !== "Z" && state !== "X";
}

export function isStopped(pid: number): boolean {
  return status(pid)?.state === "T";
}

export function residentBytes(pid: number): number {
  const kibibytes = /VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`) ?? "")?.[1];
  return Number(kibibytes ?? 0) * 1024;
}

/** Polls until the condition holds, and fails with the given words when it never does. */
export async function eventually(what: string, holds: () => boolean, timeoutMs = 20_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`${what}: not so after ${timeoutMs} ms`);
    await Bun.sleep(20);
  }
}

function status(pid: number): { state: string; parent: number } | undefined {
  // The second field is the name in parentheses, which may itself hold spaces and parentheses.
  const [state, parent] = (read(`/proc/${pid}/stat`) ?? "").split(/.*\) /s)[1]?.split(" ") ?? [];
  return state === undefined ? undefined : { state, parent: Number(parent) };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
