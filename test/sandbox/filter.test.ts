import { describe, expect, test } from "bun:test";
import {
  and,
  answer,
  encodeProgram,
  type Instruction,
  jumpAtLeast,
  jumpEqual,
  loadWord,
} from "../../src/sandbox/seccomp/bpf.ts";
import { ALLOWED, ALLOWED_BY_ARGUMENT, cellFilter, KILLED, NOT_IMPLEMENTED } from "../../src/sandbox/seccomp/filter.ts";
import type { Architecture } from "../../src/sandbox/seccomp/system-calls.ts";
import { loadProgram, runProgram } from "./support/bpf-machine.ts";

// What is expected, with the numbers of the kernel's headers and not the filter's own: name, x64, arm64.
const BY_ARGUMENT = calls(`
  read 0 63, write 1 64, mmap 9 222, clone 56 220, tgkill 234 131, prctl 157 167, futex 202 98, madvise 28 233,
  clock_gettime 228 113, clock_getres 229 114, clock_nanosleep 230 115
`);
const ANY_ARGUMENT = calls(`
  mprotect 10 226, munmap 11 215, mremap 25 216, brk 12 214,
  gettimeofday 96 169, nanosleep 35 101, sched_yield 24 124, getrandom 318 278, getrusage 98 165, rt_sigreturn 15 139, rt_sigprocmask 14 135,
  sigaltstack 131 132, restart_syscall 219 128, getpid 39 172, gettid 186 178, set_robust_list 273 99, rseq 334 293,
  membarrier 324 283, exit 60 93, exit_group 231 94
`);
const UNKNOWN = calls("clone3 435 435, sched_getaffinity 204 123");
const FATAL = calls(`
  ptrace 101 117, process_vm_readv 310 270, process_vm_writev 311 271, process_madvise 440 440, pidfd_open 434 434,
  pidfd_getfd 438 438, pidfd_send_signal 424 424, execve 59 221, execveat 322 281, fork 57 -, vfork 58 -,
  unshare 272 97, setns 308 268, chroot 161 51, pivot_root 155 41, mount 165 40, umount2 166 39,
  mount_setattr 442 442, move_mount 429 429, open_tree 428 428, open_tree_attr 467 467, fsopen 430 430,
  fsconfig 431 431, fsmount 432 432, fspick 433 433, name_to_handle_at 303 264, open_by_handle_at 304 265, bpf 321 280,
  seccomp 317 277, perf_event_open 298 241, userfaultfd 323 282, memfd_secret 447 447, io_uring_setup 425 425,
  io_uring_enter 426 426, io_uring_register 427 427, add_key 248 217, request_key 249 218, keyctl 250 219,
  init_module 175 105, finit_module 313 273, delete_module 176 106, kexec_load 246 104, kexec_file_load 320 294,
  personality 135 92, modify_ldt 154 -, iopl 172 -, ioperm 173 -
`);
/** In no table; some of those that matter most. */
const REFUSED = calls(`
  openat 257 56, open 2 -, close 3 57, dup 32 23, fcntl 72 25, ioctl 16 29, poll 7 -, pread64 17 67, readv 19 65,
  writev 20 66, sendmsg 46 211, recvmsg 47 212, sendto 44 206, recvfrom 45 207, socket 41 198, connect 42 203,
  bind 49 200, socketpair 53 199, memfd_create 319 279, rt_sigaction 13 134, kill 62 129, tkill 200 130,
  rt_tgsigqueueinfo 297 240, setsid 112 157, set_tid_address 218 96, sched_setscheduler 144 119,
  sched_setparam 142 118, sched_setattr 314 274, setpriority 141 140, arch_prctl 158 -, prlimit64 302 261,
  setrlimit 160 164, io_setup 206 0, futex_waitv 449 449, pkey_mprotect 329 288, shmget 29 194,
  landlock_create_ruleset 444 444, landlock_restrict_self 446 446
`);

const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7, i386: 0x40000003, arm: 0x40000028, riscv64: 0xc00000f3 };
const X32_BIT = 0x40000000;
const OWN_PID = 4242;

const PROGRAMS = { x64: loadProgram(cellFilter("x64", OWN_PID)), arm64: loadProgram(cellFilter("arm64", OWN_PID)) };
const VERDICTS = new Map([
  [0x7fff0000, "allow"],
  [0x00050001, "EPERM"],
  [0x00050026, "ENOSYS"],
  [0x80000000, "kill"],
]);

const ZEROS: readonly bigint[] = Array<bigint>(6).fill(0n);
const ONES: readonly bigint[] = Array<bigint>(6).fill(0xffff_ffff_ffff_ffffn);
const BITS = Array.from({ length: 64 }, (_, index) => 1n << BigInt(index));
const HIGH = 1n << 32n;
const GLIBC = 0x3d0f00n;
const MUSL = 0x7d0f00n;

/** The clocks of other processes and threads are negative numbers: a process id, complemented, and three bits. */
const CLOCKS = {
  allow: [0n, 1n, 2n, 3n, 7n, 11n, HIGH | 1n],
  refuse: [10n, 12n, 0xffff_ffffn, 0xffff_fff2n, 0xffff_def6n],
};

/** For each call judged by an argument: what that argument may be, and what it may not. */
const ARGUMENTS: Readonly<Record<string, { readonly allow: readonly bigint[]; readonly refuse: readonly bigint[] }>> = {
  // The kernel drops what stands above an int: HIGH is fd 0, and HIGH | 3 fd 3.
  read: { allow: [0n, HIGH], refuse: [1n, 2n, 3n, 0xffff_ffffn, HIGH | 3n] },
  write: { allow: [1n, 2n, HIGH | 1n], refuse: [0n, 3n, 0xffff_ffffn, HIGH, HIGH << 1n] },
  futex: {
    // Each operation, private or not, by the real-time clock or not.
    allow: [0n, 1n, 3n, 4n, 5n, 9n, 10n, 0x80n, 0x81n, 0x89n, 0x189n, 0x10an, HIGH | 0x80n],
    // FUTEX_FD, LOCK_PI, UNLOCK_PI, TRYLOCK_PI, WAIT_REQUEUE_PI, CMP_REQUEUE_PI, LOCK_PI2, and a flag more.
    refuse: [2n, 6n, 7n, 8n, 11n, 12n, 13n, 0x86n, 0x200n, 0xffff_ffffn],
  },
  madvise: {
    allow: [0n, 4n, 8n, 14n, 15n, 16n, 22n, 23n, HIGH | 4n],
    // MADV_REMOVE, DONTFORK, MERGEABLE, WIPEONFORK, COLLAPSE, HWPOISON, SOFT_OFFLINE.
    refuse: [9n, 10n, 12n, 18n, 25n, 100n, 101n, 0xffff_ffffn],
  },
  clock_gettime: CLOCKS,
  clock_getres: CLOCKS,
  clock_nanosleep: CLOCKS,
  mmap: {
    // MAP_ANONYMOUS with MAP_SHARED, MAP_PRIVATE, MAP_FIXED too, MAP_NORESERVE too, and a bit that no kernel knows.
    allow: [0x21n, 0x22n, 0x32n, 0x4022n, HIGH | 0x22n],
    // Files: MAP_SHARED, MAP_PRIVATE, MAP_SHARED_VALIDATE, MAP_FIXED, all flags but one; the flag 32 bits too high.
    refuse: [0n, 0x1n, 0x2n, 0x3n, 0x12n, 0xffff_ffdfn, 0x22n << 32n],
  },
  clone: {
    allow: [GLIBC, MUSL],
    refuse: [
      // SIGCHLD, as fork makes it and as vfork does, a thread with it; CLONE_NEWUSER alone and with a thread.
      ...[0n, 0x11n, 0x1200011n, 0x4111n, GLIBC | 0x11n, 0x10000000n, GLIBC | 0x10000000n, MUSL | 0x10000000n],
      ...[HIGH | GLIBC, HIGH | MUSL, GLIBC << 32n, 0xffff_ffff_003d_0f00n],
    ],
  },
  tgkill: {
    allow: [4242n, HIGH | 4242n],
    // Among them 0, 1, -1 and the own process group.
    refuse: [4241n, 4243n, 0n, 1n, 0xffff_ffffn, 0xffff_ef6en, 4242n << 32n],
  },
  prctl: {
    // PR_SET_NAME, PR_SET_VMA.
    allow: [15n, 0x53564d41n, HIGH | 15n],
    // PR_SET_PDEATHSIG, DUMPABLE, SECCOMP, CAPBSET_DROP, MM, NO_NEW_PRIVS, PTRACER.
    refuse: [0n, 1n, 4n, 16n, 22n, 24n, 35n, 38n, 0x59616d61n],
  },
};

describe.each(["x64", "arm64"] as const)("the filter for %s", (architecture) => {
  const numbers = (table: Calls) => numbersOf(table, architecture);
  const number = (name: string) => new Map(numbers(BY_ARGUMENT)).get(name) ?? -1;
  /** What it answers to each call of a table, and the same with one answer for all. */
  const judged = (table: Calls, args: readonly bigint[]) =>
    numbers(table).map(([name, number]) => [name, verdict(architecture, number, args)]);
  const all = (table: Calls, expected: string) => numbers(table).map(([name]) => [name, expected]);

  test.each([
    ["allows what reaches nothing outside", ANY_ARGUMENT, "allow"],
    ["does not know clone3 and sched_getaffinity", UNKNOWN, "ENOSYS"],
    ["kills for what no healthy cell calls", FATAL, "kill"],
    ["refuses files, sockets, signals and scheduling", REFUSED, "EPERM"],
  ] as const)("%s, whatever the arguments", (_, table, expected) => {
    expect(judged(table, ZEROS)).toEqual(all(table, expected));
    expect(judged(table, ONES)).toEqual(all(table, expected));
  });

  test.each(numbers(BY_ARGUMENT))("judges %s by its argument", (name, number) => {
    const { allow, refuse } = ARGUMENTS[name] ?? { allow: [], refuse: [] };
    const judge = (argument: bigint) => [argument, verdict(architecture, number, argumentsOf(name, argument))];
    expect(allow.map(judge)).toEqual(allow.map((argument) => [argument, "allow"]));
    expect(refuse.map(judge)).toEqual(refuse.map((argument) => [argument, "EPERM"]));
  });

  test("takes clone's flags as a whole: one bit more or less, of 64, is refused", () => {
    const flags = [GLIBC, MUSL].flatMap((exact) => BITS.map((bit) => exact ^ bit));
    const allowed = flags.filter(
      (value) => verdict(architecture, number("clone"), argumentsOf("clone", value)) !== "EPERM",
    );
    // They are one bit apart, so that each is found from the other.
    expect(allowed).toEqual([MUSL, GLIBC]);
  });

  test("looks for one bit in mmap's flags", () => {
    const allowed = BITS.filter((bit) => verdict(architecture, number("mmap"), argumentsOf("mmap", bit)) !== "EPERM");
    expect(allowed).toEqual([0x20n]);
  });

  test("refuses every number that is in no table", () => {
    const known = [BY_ARGUMENT, ANY_ARGUMENT, UNKNOWN, FATAL].flatMap(numbers).map(([, number]) => number);
    const beyond = [601, 1000, 0x8000, 0x10000, 0xfffffff, X32_BIT - 1];
    const unknown = [...Array(601).keys(), ...beyond].filter((number) => !known.includes(number));
    expect(unknown.length).toBe(607 - known.length);
    for (const args of [ZEROS, ONES]) {
      expect(unknown.filter((number) => verdict(architecture, number, args) !== "EPERM")).toEqual([]);
    }
  });

  test("kills for every other architecture, whatever the number", () => {
    const others = [...Object.values(AUDIT), 0, 0xffffffff].filter((audit) => audit !== AUDIT[architecture]);
    for (const audit of others) {
      const survivors = [...Array(601).keys(), X32_BIT, -1].filter(
        (number) => verdict(architecture, number, ZEROS, audit) !== "kill",
      );
      expect([audit, survivors]).toEqual([audit, []]);
    }
  });

  test("is short, and a program that the kernel takes", () => {
    expect(PROGRAMS[architecture].length).toBeLessThan(256);
  });
});

describe("a number with the bit of x32", () => {
  const numbers = [X32_BIT, X32_BIT + 1, X32_BIT + 202, X32_BIT + 520, 0x7fffffff, 0x80000000, 0xffffffff, -1];

  test("kills on x64, and so does -1", () => {
    expect(numbers.map((number) => verdict("x64", number))).toEqual(numbers.map(() => "kill"));
  });

  test("is refused on arm64, which has no x32", () => {
    expect(numbers.map((number) => verdict("arm64", number))).toEqual(numbers.map(() => "EPERM"));
  });
});

describe("the filter's tables", () => {
  test("name the calls that are expected here, each once", () => {
    const names: string[] = [...ALLOWED_BY_ARGUMENT.map(({ call }) => call), ...ALLOWED, ...NOT_IMPLEMENTED, ...KILLED];
    const expected = [BY_ARGUMENT, ANY_ARGUMENT, UNKNOWN, FATAL].flatMap((table) => table.map(([name]) => name));
    expect(names.sort()).toEqual(expected.sort());
  });

  test("take no pid that is no number of 32 bits", () => {
    for (const pid of [-1, 1.5, Number.NaN, 2 ** 32]) {
      expect(() => cellFilter("x64", pid)).toThrow("does not fit in 32 unsigned bits");
    }
  });
});

describe("a program", () => {
  test("is encoded as struct sock_filter, little-endian", () => {
    expect([...encodeProgram([loadWord(4), jumpEqual(0xc000003e, 1, 2), answer(0x7fff0000)])]).toEqual([
      ...[0x20, 0, 0, 0, 4, 0, 0, 0],
      ...[0x15, 0, 1, 2, 0x3e, 0, 0, 0xc0],
      ...[0x06, 0, 0, 0, 0, 0, 0xff, 0x7f],
    ]);
  });

  test("is not encoded when a jump is longer than 8 bits", () => {
    expect(encodeProgram([jumpEqual(0, 255, 0), jumpAtLeast(0, 0, 255)]).length).toBe(16);
    for (const skip of [256, -1, 0.5]) {
      expect(() => encodeProgram([jumpEqual(0, skip, 0)])).toThrow(`instruction 0: ${skip} does not fit in 8`);
      expect(() => encodeProgram([answer(0), jumpAtLeast(0, 0, skip)])).toThrow(`instruction 1: ${skip} does not fit`);
    }
  });
});

describe("the machine", () => {
  const load = (...program: Instruction[]) => loadProgram(encodeProgram(program));
  const END = answer(0);

  test.each([
    ["that is empty", encodeProgram([]), "0 instructions"],
    ["that is cut", encodeProgram([END]).subarray(1), "7 bytes"],
    ["of more than 4096 instructions", encodeProgram(Array(4097).fill(END)), "4097 instructions"],
    ["that does not return", encodeProgram([END, loadWord(0)]), "does not return"],
    ["that ends with a jump", encodeProgram([END, jumpEqual(0, 0, 0)]), "1: jumps out of the program"],
    ["with a jump out of it when true", encodeProgram([jumpEqual(0, 1, 0), END]), "0: jumps out of the program"],
    ["with a jump out of it when false", encodeProgram([jumpAtLeast(0, 0, 1), END]), "0: jumps out of the program"],
    ["that loads half a word", encodeProgram([loadWord(2), END]), "0: loads from 2"],
    ["that loads behind the data", encodeProgram([loadWord(64), END]), "0: loads from 64"],
    ["with another instruction", Uint8Array.of(0x16, 0, 0, 0, 0, 0, 0, 0), "0: unknown instruction 0x16"],
  ])("takes no program %s", (_, bytes, message) => {
    expect(() => loadProgram(bytes)).toThrow(message);
  });

  test("loads each word of the data from its place", () => {
    const args = [1n, 2n, 3n, 4n, 5n, 0xffff_fff6n].map((low) => (0x8000_0000n << 32n) | (low << 32n) | low);
    const call = { number: -7, auditArchitecture: AUDIT.x64, instructionPointer: 0x1122_3344_5566_7788n, args };
    const words = [0xfffffff9, AUDIT.x64, 0x55667788, 0x11223344];
    for (const low of [1, 2, 3, 4, 5, 0xfffffff6]) words.push(low, (0x80000000 | low) >>> 0);
    const found = words.filter(
      (word, index) => runProgram(load(loadWord(4 * index), jumpEqual(word, 0, 1), answer(1), END), call) === 1,
    );
    expect(found).toEqual(words);
  });

  test("compares without sign, and masks", () => {
    const call = { number: -1, auditArchitecture: 0, instructionPointer: 0n, args: ZEROS };
    const run = (...program: Instruction[]) => runProgram(load(loadWord(0), ...program), call);
    expect(run(jumpAtLeast(0xffffffff, 1, 0), END, answer(1))).toBe(1);
    expect(run(jumpAtLeast(1, 0, 1), answer(1), END)).toBe(1);
    expect(run(and(0x80000001), jumpEqual(0x80000001, 1, 0), END, answer(1))).toBe(1);
    expect(run(and(0x7fffffff), jumpAtLeast(0x80000000, 0, 1), END, answer(1))).toBe(1);
  });
});

type Calls = readonly (readonly [name: string, x64: number | null, arm64: number | null])[];

/** Reads a table: `name x64 arm64`, with a dash where the architecture does not have the call. */
function calls(text: string): Calls {
  return text.split(",").map((entry) => {
    const [name = "", x64 = "", arm64 = ""] = entry.trim().split(" ");
    return [name, x64 === "-" ? null : Number(x64), arm64 === "-" ? null : Number(arm64)];
  });
}

function numbersOf(table: Calls, architecture: Architecture): [name: string, number: number][] {
  return table.flatMap(([name, x64, arm64]) => {
    const number = architecture === "x64" ? x64 : arm64;
    return number === null ? [] : [[name, number]];
  });
}

/** The argument that the call is judged by, at its place, with ones in all others. */
/** Where it is not the first. */
const JUDGED_ARGUMENT: Readonly<Record<string, number>> = { mmap: 3, futex: 1, madvise: 2 };

function argumentsOf(name: string, argument: bigint): bigint[] {
  return ONES.with(JUDGED_ARGUMENT[name] ?? 0, argument);
}

function verdict(architecture: Architecture, number: number, args = ZEROS, auditArchitecture = AUDIT[architecture]) {
  const value = runProgram(PROGRAMS[architecture], { number, auditArchitecture, instructionPointer: 0n, args });
  return VERDICTS.get(value) ?? `0x${value.toString(16)}`;
}
