/** File operations throw their errors, and system calls return minus their numbers. */
export function errnoOf(act: () => number): number {
  try {
    return act();
  } catch (error) {
    const { errno } = error as { errno?: unknown };
    if (typeof errno !== "number") throw error;
    return -errno;
  }
}
