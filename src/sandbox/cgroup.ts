import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = "/sys/fs/cgroup";

/** Where this process is in the tree of control groups, and where that tree is. */
export interface GroupTree {
  readonly root: string;
  /** From the root, as the `0::` line of /proc/self/cgroup has it. */
  readonly own: string;
}

/**
 * A control group (cgroup v2) for one process, with a limit of its memory that the kernel holds. It can be had where the
 * user may make groups beside woma's own: as root, or in a session that systemd gave the user.
 */
export class MemoryGroup implements Disposable {
  private constructor(private readonly directory: string) {}

  /** Null where no such group can be made, which is no error: the process is watched besides. */
  static create(pid: number, limitBytes: number, tree: GroupTree | null = ownTree()): MemoryGroup | null {
    const parent = tree === null ? null : writableParent(tree);
    if (parent === null) return null;
    const directory = join(parent, `woma-${pid}`);
    try {
      mkdirSync(directory);
      writeFileSync(join(directory, "memory.max"), String(limitBytes));
      // Not on every kernel; without it a process may go on in the swap.
      if (existsSync(join(directory, "memory.swap.max"))) writeFileSync(join(directory, "memory.swap.max"), "0");
      writeFileSync(join(directory, "cgroup.procs"), String(pid));
      return new MemoryGroup(directory);
    } catch {
      remove(directory);
      return null;
    }
  }

  /** The kernel has killed a process for the limit. */
  get hasKilled(): boolean {
    try {
      const events = readFileSync(join(this.directory, "memory.events"), "latin1");
      return Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0) > 0;
    } catch {
      return false;
    }
  }

  /** When its process has ended. */
  [Symbol.dispose](): void {
    remove(this.directory);
  }
}

/** Whether groups with a memory limit can be made here. */
export function hasMemoryGroups(tree: GroupTree | null = ownTree()): boolean {
  return tree !== null && writableParent(tree) !== null;
}

function ownTree(): GroupTree | null {
  try {
    const own = /^0::(\/.*)$/m.exec(readFileSync("/proc/self/cgroup", "latin1"))?.[1];
    return own === undefined ? null : { root: ROOT, own };
  } catch {
    return null;
  }
}

/** woma's own group when it gives its children memory limits, else the one above, in which woma's is one of several. */
function writableParent({ root, own }: GroupTree): string | null {
  const candidates = [join(root, own), join(root, dirname(own))];
  return candidates.find((directory) => givesMemoryLimits(directory) && isWritable(directory)) ?? null;
}

function givesMemoryLimits(directory: string): boolean {
  try {
    return readFileSync(join(directory, "cgroup.subtree_control"), "latin1").split(/\s+/).includes("memory");
  } catch {
    return false;
  }
}

/** Tried, since permission bits do not tell of a read-only mount. */
function isWritable(directory: string): boolean {
  const trial = join(directory, `woma-trial-${process.pid}`);
  try {
    mkdirSync(trial);
    return true;
  } catch {
    return false;
  } finally {
    remove(trial);
  }
}

function remove(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // It was never made, or a process is still in it.
  }
}
