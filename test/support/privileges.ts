import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { notRoot, type Obstacle } from "./loud-skip.ts";

/** Root may read and write everything, so what a user may not is tried as another user. Synchronous work only. */
export function asNobody<T>(action: () => T): T {
  if (process.getuid?.() !== 0) return action();
  process.seteuid?.(65534);
  try {
    return action();
  } finally {
    process.seteuid?.(0);
  }
}

/** A file system of its own at `path`, in memory, gone when the scope ends. Options are mount(8)'s. */
export function mountSmall(path: string, options: string): Disposable {
  const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", options, "tmpfs", path]);
  if (!mounted.success) throw new Error(mounted.stderr.toString());
  return { [Symbol.dispose]: () => void Bun.spawnSync(["umount", path]) };
}

/** A container's root may lack the right. */
export const cannotMount: Obstacle = notRoot ?? tryMount();

function tryMount(): Obstacle {
  const path = mkdtempSync(join(tmpdir(), "woma-test-"));
  try {
    mountSmall(path, "size=4k")[Symbol.dispose]();
    return undefined;
  } catch (error) {
    return `needs the right to mount (${String(error).trim()})`;
  } finally {
    rmdirSync(path);
  }
}
