import { type Libc, openLibc } from "../../protocol/libc.ts";

/** System calls on open files that node:fs does not have; where there are none (Windows), it goes without. */
export class FileCalls {
  #libc: Libc | null | undefined;

  /**
   * flock(2), beside others that share the file; false when one has it for itself. Does not wait. A lock holds between
   * processes, until the file is closed or its process is killed.
   */
  lockShared(fd: number): boolean {
    return this.#flock(fd, LOCK_SH | LOCK_NB);
  }

  /** For itself alone; false when anyone else has it. */
  lockAlone(fd: number): boolean {
    return this.#flock(fd, LOCK_EX | LOCK_NB);
  }

  /** lseek(2), to where the next read or write begins; false where that cannot be. */
  seek(fd: number, position: number): boolean {
    this.#libc ??= openLibc();
    return this.#libc !== null && Number(this.#libc.lseek(fd, position, SEEK_SET)) === position;
  }

  #flock(fd: number, operation: number): boolean {
    this.#libc ??= openLibc();
    return this.#libc === null || this.#libc.flock(fd, operation) === 0;
  }
}

const SEEK_SET = 0;
const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
