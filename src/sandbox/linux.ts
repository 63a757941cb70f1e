import { ptr } from "bun:ffi";
import type { Libc } from "../protocol/libc.ts";
import { type SystemCallName, systemCallNumber } from "../protocol/system-call-numbers.ts";
import { ConfinementError } from "./confinement-error.ts";
import { landlockVersion, PR_SET_NO_NEW_PRIVS, restrictToReading } from "./landlock.ts";
import { NOTHING, setLimit } from "./limits.ts";
import { cellFilter } from "./seccomp/filter.ts";

/** The lock on Linux: descriptors, limits, privileges, the system calls of all threads; then a test that it holds. */
export function confineOnLinux(libc: Libc): void {
  const { arch } = process;
  if (arch !== "x64" && arch !== "arm64") throw new ConfinementError(`there is no list of system calls for ${arch}`);
  const filter = cellFilter(arch, process.pid);
  // Standard input, output and error stay; the shared memory is mapped, and the event loop not needed any more.
  libc.systemCall(systemCallNumber("close_range"), FIRST_OTHER_FD, LAST_FD, 0);
  // This thread alone, and not even reading: the others have the filter.
  if (landlockVersion(libc) > 0 && !restrictToReading(libc, [])) throw new ConfinementError("Landlock was refused");
  for (const resource of ["core", "fileSize", "openFiles"] as const) setLimit(libc, 0, resource, NOTHING);
  if (libc.prctl?.(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) !== 0)
    throw new ConfinementError("PR_SET_NO_NEW_PRIVS was refused");
  installFilter(libc, filter);
  testWall(libc);
}

const FIRST_OTHER_FD = 3;
const LAST_FD = 0xff_ff_ff_ff;

const SECCOMP_SET_MODE_FILTER = 1;
const SECCOMP_FILTER_FLAG_TSYNC = 1;
const INSTRUCTION_BYTES = 8;

function installFilter(libc: Libc, filter: Uint8Array): void {
  // struct sock_fprog: u16 number of instructions, pointer to them.
  const program = new DataView(new ArrayBuffer(16));
  program.setUint16(0, filter.length / INSTRUCTION_BYTES, true);
  program.setBigUint64(8, BigInt(ptr(filter)), true);
  const result = libc.systemCall(
    systemCallNumber("seccomp"),
    SECCOMP_SET_MODE_FILTER,
    SECCOMP_FILTER_FLAG_TSYNC,
    ptr(new Uint8Array(program.buffer)),
  );
  if (result === 0) return;
  // With TSYNC a positive result is the thread that could not be given the filter.
  throw new ConfinementError(
    result > 0
      ? `thread ${result} did not take the seccomp filter`
      : `the seccomp filter was refused (errno ${-result})`,
  );
}

const EPERM = 1;
const AT_FDCWD = -100;
const AF_UNIX = 1;
const SOCK_STREAM = 1;

/** Calls that must be refused from now on, and by the filter. */
function testWall(libc: Libc): void {
  const root = Buffer.from("/\0");
  const attempts: readonly (readonly [SystemCallName, ...number[]])[] = [
    ["openat", AT_FDCWD, ptr(root), 0],
    ["socket", AF_UNIX, SOCK_STREAM, 0],
    ["kill", process.pid, 0],
    ["memfd_create", ptr(root), 0],
  ];
  for (const [name, ...given] of attempts) {
    const result = libc.systemCall(systemCallNumber(name), ...given);
    if (result !== -EPERM) throw new ConfinementError(`the wall has a hole: ${name} was answered ${result}`);
  }
}
