import { ptr } from "bun:ffi";
import { readFileSync } from "node:fs";
import type { Libc } from "../protocol/libc.ts";
import { systemCallNumber } from "../protocol/system-call-numbers.ts";
import { ConfinementError } from "./confinement-error.ts";
import { landlockVersion, restrictToReading } from "./landlock.ts";
import { NOTHING, setLimit } from "./limits.ts";

/** What the runtime reads of the system before the cell is locked. */
const SYSTEM_PATHS = [
  "/etc/ld.so.cache",
  "/proc",
  "/sys/devices/system/cpu",
  "/sys/fs/cgroup",
  "/dev/null",
  "/dev/urandom",
];

/**
 * Gives up what has to be given up before an exec, and starts this executable again with `words`, same process, same
 * descriptors 0 to 3. Returns only on a kernel without Landlock, where the lock does without it. Throws
 * ConfinementError.
 */
export function relaunch(libc: Libc, words: readonly string[], readable: readonly string[]): void {
  setLimit(libc, 0, "core", NOTHING);
  setLimit(libc, 0, "fileSize", NOTHING);
  if (landlockVersion(libc) === 0) return;
  if (!restrictToReading(libc, [process.execPath, ...mappedFiles(), ...SYSTEM_PATHS, ...readable])) {
    throw new ConfinementError("the kernel has Landlock and refuses to use it");
  }
  libc.systemCall(systemCallNumber("close_range"), FIRST_OTHER_FD, LAST_FD, CLOSE_RANGE_CLOEXEC);
  const failure = execute(libc, [process.execPath, ...words]);
  throw new ConfinementError(`the cell could not be started again under Landlock (errno ${-failure})`);
}

const FIRST_OTHER_FD = 4;
const LAST_FD = 0xff_ff_ff_ff;
const CLOSE_RANGE_CLOEXEC = 4;

/** The executable's libraries, wherever this system keeps them. */
function mappedFiles(): string[] {
  const lines = readFileSync("/proc/self/maps", "utf8").split("\n");
  return [...new Set(lines.flatMap((line) => /\s(\/.*)$/.exec(line)?.[1] ?? []))];
}

function execute(libc: Libc, words: readonly string[]): number {
  const strings = words.map((word) => Buffer.from(`${word}\0`));
  const environment = Object.entries(process.env).map(([name, value]) => Buffer.from(`${name}=${value}\0`));
  const pointers = (texts: readonly Buffer[]) => new BigUint64Array([...texts.map((text) => BigInt(ptr(text))), 0n]);
  const [argv, envp] = [pointers(strings), pointers(environment)];
  const path = Buffer.from(`${words[0]}\0`);
  return libc.systemCall(systemCallNumber("execve"), ptr(path), ptr(argv), ptr(envp));
}
