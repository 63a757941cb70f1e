/** The architectures that the filter knows, by Bun's names of them. */
export type Architecture = "x64" | "arm64";

/** The calls that the filter speaks of; it judges all others alike. */
export type SystemCall = keyof typeof NUMBERS;

/** The calls' numbers. A call that the architecture does not have is left out. */
export function numbersOf(calls: readonly SystemCall[], architecture: Architecture): number[] {
  return calls.flatMap((call) => {
    const numbers: Numbers = NUMBERS[call];
    return numbers[architecture] ?? [];
  });
}

interface Numbers {
  readonly x64: number;
  /** Absent where arm64 has no such call: it began without the oldest ones. */
  readonly arm64?: number;
}

/** Source: Linux 6.18, arch/x86/entry/syscalls/syscall_64.tbl and scripts/syscall.tbl (asm-generic/unistd.h). */
const NUMBERS = {
  add_key: { x64: 248, arm64: 217 },
  bpf: { x64: 321, arm64: 280 },
  brk: { x64: 12, arm64: 214 },
  chroot: { x64: 161, arm64: 51 },
  clock_getres: { x64: 229, arm64: 114 },
  clock_gettime: { x64: 228, arm64: 113 },
  clock_nanosleep: { x64: 230, arm64: 115 },
  clone: { x64: 56, arm64: 220 },
  clone3: { x64: 435, arm64: 435 },
  delete_module: { x64: 176, arm64: 106 },
  execve: { x64: 59, arm64: 221 },
  execveat: { x64: 322, arm64: 281 },
  exit: { x64: 60, arm64: 93 },
  exit_group: { x64: 231, arm64: 94 },
  finit_module: { x64: 313, arm64: 273 },
  fork: { x64: 57 },
  fsconfig: { x64: 431, arm64: 431 },
  fsmount: { x64: 432, arm64: 432 },
  fsopen: { x64: 430, arm64: 430 },
  fspick: { x64: 433, arm64: 433 },
  futex: { x64: 202, arm64: 98 },
  getpid: { x64: 39, arm64: 172 },
  getrandom: { x64: 318, arm64: 278 },
  getrusage: { x64: 98, arm64: 165 },
  gettid: { x64: 186, arm64: 178 },
  gettimeofday: { x64: 96, arm64: 169 },
  init_module: { x64: 175, arm64: 105 },
  io_uring_enter: { x64: 426, arm64: 426 },
  io_uring_register: { x64: 427, arm64: 427 },
  io_uring_setup: { x64: 425, arm64: 425 },
  ioperm: { x64: 173 },
  iopl: { x64: 172 },
  kexec_file_load: { x64: 320, arm64: 294 },
  kexec_load: { x64: 246, arm64: 104 },
  keyctl: { x64: 250, arm64: 219 },
  madvise: { x64: 28, arm64: 233 },
  membarrier: { x64: 324, arm64: 283 },
  memfd_secret: { x64: 447, arm64: 447 },
  mmap: { x64: 9, arm64: 222 },
  modify_ldt: { x64: 154 },
  mount: { x64: 165, arm64: 40 },
  mount_setattr: { x64: 442, arm64: 442 },
  move_mount: { x64: 429, arm64: 429 },
  mprotect: { x64: 10, arm64: 226 },
  mremap: { x64: 25, arm64: 216 },
  munmap: { x64: 11, arm64: 215 },
  name_to_handle_at: { x64: 303, arm64: 264 },
  nanosleep: { x64: 35, arm64: 101 },
  open_by_handle_at: { x64: 304, arm64: 265 },
  open_tree: { x64: 428, arm64: 428 },
  open_tree_attr: { x64: 467, arm64: 467 },
  perf_event_open: { x64: 298, arm64: 241 },
  personality: { x64: 135, arm64: 92 },
  pidfd_getfd: { x64: 438, arm64: 438 },
  pidfd_open: { x64: 434, arm64: 434 },
  pidfd_send_signal: { x64: 424, arm64: 424 },
  pivot_root: { x64: 155, arm64: 41 },
  prctl: { x64: 157, arm64: 167 },
  process_madvise: { x64: 440, arm64: 440 },
  process_vm_readv: { x64: 310, arm64: 270 },
  process_vm_writev: { x64: 311, arm64: 271 },
  ptrace: { x64: 101, arm64: 117 },
  read: { x64: 0, arm64: 63 },
  request_key: { x64: 249, arm64: 218 },
  restart_syscall: { x64: 219, arm64: 128 },
  rseq: { x64: 334, arm64: 293 },
  rt_sigprocmask: { x64: 14, arm64: 135 },
  rt_sigreturn: { x64: 15, arm64: 139 },
  sched_getaffinity: { x64: 204, arm64: 123 },
  sched_yield: { x64: 24, arm64: 124 },
  seccomp: { x64: 317, arm64: 277 },
  set_robust_list: { x64: 273, arm64: 99 },
  setns: { x64: 308, arm64: 268 },
  sigaltstack: { x64: 131, arm64: 132 },
  tgkill: { x64: 234, arm64: 131 },
  umount2: { x64: 166, arm64: 39 },
  unshare: { x64: 272, arm64: 97 },
  userfaultfd: { x64: 323, arm64: 282 },
  vfork: { x64: 58 },
  write: { x64: 1, arm64: 64 },
} as const satisfies Readonly<Record<string, Numbers>>;
