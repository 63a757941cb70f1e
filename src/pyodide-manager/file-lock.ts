import { type Libc, openLibc } from "../protocol/libc.ts";

/**
 * flock(2): a lock on an open file that holds between processes, and that the system gives up when the file is closed or
 * its process killed. Where there is no such call (Windows), every lock is had at once.
 */
export class FileLocks {
  #libc: Libc | null | undefined;

  /** For as long as the file is open, beside others that share it; false when one has it for itself. Does not wait. */
  share(fd: number): boolean {
    return this.#flock(fd, LOCK_SH | LOCK_NB);
  }

  /** For itself alone; false when anyone else has it. Does not wait. */
  exclude(fd: number): boolean {
    return this.#flock(fd, LOCK_EX | LOCK_NB);
  }

  #flock(fd: number, operation: number): boolean {
    this.#libc ??= openLibc();
    return this.#libc === null || this.#libc.flock(fd, operation) === 0;
  }
}

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
