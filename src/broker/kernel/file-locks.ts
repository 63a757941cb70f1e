import { ptr } from "bun:ffi";
import { closeSync, fstatSync, openSync } from "node:fs";
import type { Libc } from "../../protocol/libc.ts";
import type { RequestOf } from "../../protocol/messages.ts";
import { systemCallNumber } from "../../protocol/system-call-numbers.ts";
import { errnoNameOf, errnoNameOfNumber, KernelError } from "./errno.ts";

const F_OFD_GETLK = 36;
const F_OFD_SETLK = 37;
const FLOCK_BYTES = 32;
const EAGAIN = 11;
const EACCES = 13;

/** fcntl(2)'s record lock; `type` is F_RDLCK, F_WRLCK or F_UNLCK. */
export type LockRequest = Pick<RequestOf<"lock">, "command" | "type" | "whence" | "start" | "length">;

/**
 * The record locks of one program. All its descriptors of a file share one lock owner, as all of a process's do; to the
 * system the owner is an open file of the broker's (F_OFD_SETLK), so that two cells, and native programs, keep each
 * other out.
 */
export class FileLocks {
  readonly #owners = new Map<string, number>();

  constructor(private readonly libc: Libc) {}

  /**
   * The lock's type: of one that is in the way for "get" (F_UNLCK for none), the wanted one when it has been had;
   * undefined while another has it. `fd` is any descriptor of the file.
   */
  apply(fd: number, request: LockRequest): number | undefined {
    const lock = new DataView(new ArrayBuffer(FLOCK_BYTES));
    lock.setInt16(0, request.type, true);
    lock.setInt16(2, request.whence, true);
    lock.setBigInt64(8, BigInt(request.start), true);
    lock.setBigInt64(16, BigInt(request.length), true);
    const command = request.command === "get" ? F_OFD_GETLK : F_OFD_SETLK;
    const bytes = new Uint8Array(lock.buffer);
    const result = this.libc.systemCall(systemCallNumber("fcntl"), this.#ownerOf(fd), command, ptr(bytes));
    if (result === 0) return lock.getInt16(0, true);
    if (result === -EAGAIN || result === -EACCES) return undefined;
    throw new KernelError(errnoNameOfNumber(-result));
  }

  /** POSIX: closing any descriptor of a file gives up all the locks that the process has on it. */
  release(fd: number): void {
    const key = keyOf(fd);
    const owner = this.#owners.get(key);
    if (owner === undefined) return;
    this.#owners.delete(key);
    closeSync(owner);
  }

  close(): void {
    for (const owner of this.#owners.values()) closeSync(owner);
    this.#owners.clear();
  }

  #ownerOf(fd: number): number {
    const key = keyOf(fd);
    const known = this.#owners.get(key);
    if (known !== undefined) return known;
    const owner = openAgain(fd);
    this.#owners.set(key, owner);
    return owner;
  }
}

function keyOf(fd: number): string {
  const { dev, ino } = fstatSync(fd);
  return `${dev}:${ino}`;
}

/** Another open file of the same file: for reading and writing where that is allowed, as a lock may ask for either. */
function openAgain(fd: number): number {
  const path = `/proc/self/fd/${fd}`;
  try {
    return openSync(path, "r+");
  } catch {
    try {
      return openSync(path, "r");
    } catch (error) {
      throw new KernelError(errnoNameOf(error));
    }
  }
}
