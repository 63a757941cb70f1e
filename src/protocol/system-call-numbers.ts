/** The numbers of the Linux system calls that woma makes by number, as its C library may have no function for them. */
export type SystemCallName = keyof typeof NUMBERS;

/** This machine's number; -1, which no kernel knows, on other architectures. */
export function systemCallNumber(name: SystemCallName): number {
  const [x64, arm64] = NUMBERS[name];
  return process.arch === "x64" ? x64 : process.arch === "arm64" ? arm64 : -1;
}

const NUMBERS = {
  close: [3, 57],
  close_range: [436, 436],
  execve: [59, 221],
  fcntl: [72, 25],
  flock: [73, 32],
  kill: [62, 129],
  landlock_add_rule: [445, 445],
  landlock_create_ruleset: [444, 444],
  landlock_restrict_self: [446, 446],
  memfd_create: [319, 279],
  mkdirat: [258, 34],
  openat: [257, 56],
  openat2: [437, 437],
  prlimit64: [302, 261],
  readlinkat: [267, 78],
  renameat2: [316, 276],
  seccomp: [317, 277],
  socket: [41, 198],
  symlinkat: [266, 36],
  unlinkat: [263, 35],
  utimensat: [280, 88],
} as const;
