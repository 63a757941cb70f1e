import { and, answer, encodeProgram, type Instruction, jumpAtLeast, jumpEqual, loadWord } from "./bpf.ts";
import { type Architecture, numbersOf, type SystemCall } from "./system-calls.ts";

/**
 * The seccomp program (seccomp(2)) of a locked cell: it answers each system call with one of the tables below,
 * and whatever none of them has with EPERM.
 *
 * The calls judged by their arguments come first, as read and write are among them: the kernel (from 5.11)
 * remembers which numbers are allowed whatever their arguments, and runs no program for those.
 *
 * @param ownPid the cell's process id as the cell itself sees it
 */
export function cellFilter(architecture: Architecture, ownPid: number): Uint8Array {
  const among = (calls: readonly SystemCall[], body: readonly Instruction[]) =>
    whenOneOf(numbersOf(calls, architecture), body);
  return encodeProgram([
    ...killOtherArchitectures(architecture),
    loadWord(NUMBER_OFFSET),
    ...killX32(architecture),
    ...ALLOWED_BY_ARGUMENT.flatMap((allowed) => among([allowed.call], judgeArgument(allowed, ownPid))),
    ...among(ALLOWED, [ALLOW]),
    ...among(NOT_IMPLEMENTED, [REFUSE_AS_UNKNOWN]),
    ...among(KILLED, [KILL]),
    REFUSE,
  ]);
}

/** An argument counts from 0. The rule says how much of its 64 bits the kernel looks at, and what they must be. */
export type AllowedByArgument = {
  readonly call: SystemCall;
  readonly argument: number;
} /** `ignored` are bits that may be set besides. */ & (
  | { readonly rule: "int-in"; readonly values: readonly number[]; readonly ignored?: number }
  | { readonly rule: "int-is-own-pid" }
  | { readonly rule: "long-in"; readonly values: readonly number[] }
  | { readonly rule: "has-flag"; readonly flag: number }
);

/** CLONE_VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS, PARENT_SETTID and CHILD_CLEARTID. */
const PTHREAD_FLAGS_GLIBC = 0x3d0f00;
/** The same and CLONE_DETACHED, which the kernel ignores. */
const PTHREAD_FLAGS_MUSL = 0x7d0f00;

const MAP_ANONYMOUS = 0x20;
/** The system's clocks (clock_gettime(2)), and this process's and thread's own; those of others are negative. */
const CLOCKS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11];
/** FUTEX_WAIT, WAKE, REQUEUE, CMP_REQUEUE, WAKE_OP, WAIT_BITSET, WAKE_BITSET; not those that look at an owner. */
const FUTEX_OPERATIONS = [0, 1, 3, 4, 5, 9, 10];
/** FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME. */
const FUTEX_FLAGS = 0x180;
/** MADV_NORMAL to DONTNEED, FREE, (NO)HUGEPAGE, DONTDUMP, DODUMP, COLD, PAGEOUT, POPULATE; nothing of the machine's. */
const ADVICE = [0, 1, 2, 3, 4, 8, 14, 15, 16, 17, 20, 21, 22, 23];
const PR_SET_NAME = 15;
const PR_SET_VMA = 0x53564d41;

/** Allowed when one argument is as it must be, else refused with EPERM. */
export const ALLOWED_BY_ARGUMENT: readonly AllowedByArgument[] = [
  // The channel to the broker, and stderr. The broker's shared memory is mapped before the lock.
  { call: "read", argument: 0, rule: "int-in", values: [0] },
  { call: "write", argument: 0, rule: "int-in", values: [1, 2] },
  { call: "futex", argument: 1, rule: "int-in", values: FUTEX_OPERATIONS, ignored: FUTEX_FLAGS },
  { call: "madvise", argument: 2, rule: "int-in", values: ADVICE },
  { call: "clock_gettime", argument: 0, rule: "int-in", values: CLOCKS },
  { call: "clock_getres", argument: 0, rule: "int-in", values: CLOCKS },
  { call: "clock_nanosleep", argument: 0, rule: "int-in", values: CLOCKS },
  // No file is mapped. Shared anonymous memory is shared with nobody: there is no child to inherit it.
  { call: "mmap", argument: 3, rule: "has-flag", flag: MAP_ANONYMOUS },
  // A thread as the C library makes it, never a process or a namespace.
  { call: "clone", argument: 0, rule: "long-in", values: [PTHREAD_FLAGS_GLIBC, PTHREAD_FLAGS_MUSL] },
  // The garbage collector stops the process's own threads with a signal.
  { call: "tgkill", argument: 0, rule: "int-is-own-pid" },
  // Names for threads and memory.
  { call: "prctl", argument: 0, rule: "int-in", values: [PR_SET_NAME, PR_SET_VMA] },
];

/** Allowed whatever the arguments; the most frequent first. None of them reaches a file, a socket or a process. */
export const ALLOWED: readonly SystemCall[] = [
  "mprotect",
  "munmap",
  "mremap",
  "brk",
  "gettimeofday",
  "nanosleep",
  "sched_yield",
  "getrandom",
  "getrusage",
  "rt_sigreturn",
  "rt_sigprocmask",
  "sigaltstack",
  "restart_syscall",
  "getpid",
  "gettid",
  "set_robust_list",
  "rseq",
  "membarrier",
  "exit",
  "exit_group",
];

/**
 * Answered with ENOSYS. clone3's flags are in memory, where no filter sees them, and libc falls back to clone.
 * sched_getaffinity tells which processes there are; without it libc makes threads all the same.
 */
export const NOT_IMPLEMENTED: readonly SystemCall[] = ["clone3", "sched_getaffinity"];

/** The process is killed: no healthy cell makes these calls, so this one has been taken over. */
export const KILLED: readonly SystemCall[] = [
  // Other processes.
  "ptrace",
  "process_vm_readv",
  "process_vm_writev",
  "process_madvise",
  "pidfd_open",
  "pidfd_getfd",
  "pidfd_send_signal",
  // New programs and processes.
  "execve",
  "execveat",
  "fork",
  "vfork",
  // Namespaces, mounts, and files found by other ways than a path.
  "unshare",
  "setns",
  "chroot",
  "pivot_root",
  "mount",
  "umount2",
  "mount_setattr",
  "move_mount",
  "open_tree",
  "open_tree_attr",
  "fsopen",
  "fsconfig",
  "fsmount",
  "fspick",
  "name_to_handle_at",
  "open_by_handle_at",
  // Parts of the kernel where escapes have begun.
  "bpf",
  "seccomp",
  "perf_event_open",
  "userfaultfd",
  "memfd_secret",
  "io_uring_setup",
  "io_uring_enter",
  "io_uring_register",
  "add_key",
  "request_key",
  "keyctl",
  // The machine itself.
  "init_module",
  "finit_module",
  "delete_module",
  "kexec_load",
  "kexec_file_load",
  "personality",
  "modify_ldt",
  "iopl",
  "ioperm",
];

// The answers: SECCOMP_RET_ALLOW, ERRNO with the number in its low half, KILL_PROCESS.
const ALLOW = answer(0x7fff0000);
const EPERM = 1;
const ENOSYS = 38;
const REFUSE = answer(0x00050000 + EPERM);
const REFUSE_AS_UNKNOWN = answer(0x00050000 + ENOSYS);
const KILL = answer(0x80000000);

/** Where struct seccomp_data has what; its fields are in the machine's byte order, here little-endian. */
const NUMBER_OFFSET = 0;
const ARCHITECTURE_OFFSET = 4;
const lowWord = (argument: number) => 16 + 8 * argument;
const highWord = (argument: number) => lowWord(argument) + 4;

/** The kernel's names of the calling conventions, from linux/audit.h. */
const AUDIT_ARCHITECTURE: Readonly<Record<Architecture, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };
/** Set in the numbers of x86_64's third convention, which counts as x86_64 otherwise. */
const X32_BIT = 0x40000000;

/** A 64-bit process may make 32-bit calls too, whose numbers mean other things. */
function killOtherArchitectures(architecture: Architecture): Instruction[] {
  return [loadWord(ARCHITECTURE_OFFSET), jumpEqual(AUDIT_ARCHITECTURE[architecture], 1, 0), KILL];
}

function killX32(architecture: Architecture): Instruction[] {
  return architecture === "x64" ? [jumpAtLeast(X32_BIT, 0, 1), KILL] : [];
}

/**
 * Of an `int`, such as a file descriptor or a process id, the kernel takes the low 32 bits alone, and the calling
 * convention lets anything stand above them: checking that too would refuse honest calls and gain nothing.
 * clone's flags are an `unsigned long`: bits above are not the C library's, whatever some kernel makes of them.
 * So are mmap's, but the one flag that decides is in the low half.
 */
function judgeArgument(allowed: AllowedByArgument, ownPid: number): Instruction[] {
  const low = loadWord(lowWord(allowed.argument));
  switch (allowed.rule) {
    case "int-in":
      return [low, ...clear(allowed.ignored), ...whenOneOf(allowed.values, [ALLOW]), REFUSE];
    case "int-is-own-pid":
      return [low, ...whenOneOf([ownPid], [ALLOW]), REFUSE];
    case "long-in": {
      const high = loadWord(highWord(allowed.argument));
      return [high, ...whenOneOf([0], [low, ...whenOneOf(allowed.values, [ALLOW])]), REFUSE];
    }
    case "has-flag":
      return [low, and(allowed.flag), ...whenOneOf([allowed.flag], [ALLOW]), REFUSE];
  }
}

function clear(bits: number | undefined): Instruction[] {
  return bits === undefined ? [] : [and(~bits >>> 0)];
}

/**
 * Runs the body when the register holds one of the values, and passes over it when not. With no values, where the
 * architecture lacks the calls, there must be no body either: it would run for every call.
 */
function whenOneOf(values: readonly number[], body: readonly Instruction[]): Instruction[] {
  if (values.length === 0) return [];
  const tests = values.map((value, index) => {
    const testsLeft = values.length - 1 - index;
    return jumpEqual(value, testsLeft, testsLeft === 0 ? body.length : 0);
  });
  return [...tests, ...body];
}
