import { closeSync, readSync, writeSync } from "node:fs";
import type { Libc } from "../../protocol/libc.ts";
import type { ErrnoName } from "../../protocol/messages.ts";
import { systemCallNumber } from "../../protocol/system-call-numbers.ts";
import { errnoNameOf } from "./errno.ts";
import type { FileLocks } from "./file-locks.ts";
import { type KernelObject, POLLIN, POLLOUT } from "./objects.ts";

const F_SETFL = 4;
const O_APPEND = 0o2000;

/** A file on a mount, open: read and written where the cell says, which keeps the position itself. */
export class HostFile implements KernelObject {
  readonly kind = "file";

  #appends = false;

  constructor(
    readonly fd: number,
    readonly access: { readonly reads: boolean; readonly writes: boolean },
    private readonly locks: FileLocks,
  ) {}

  /** Reads into `target` as much as there is; how much that was. */
  readAt(target: Uint8Array, position: number): number {
    return readSync(this.fd, target, 0, target.length, position);
  }

  /** How much was taken; at the file's end for a position of -1, wherever that is by then. */
  writeAt(libc: Libc, bytes: Uint8Array, position: number): number {
    const appends = position < 0;
    if (appends !== this.#appends) {
      libc.systemCall(systemCallNumber("fcntl"), this.fd, F_SETFL, appends ? O_APPEND : 0);
      this.#appends = appends;
    }
    return writeSync(this.fd, bytes, 0, bytes.length, appends ? null : position);
  }

  read(length: number): Uint8Array | ErrnoName {
    const buffer = Buffer.allocUnsafe(length);
    try {
      return buffer.subarray(0, readSync(this.fd, buffer, 0, length, null));
    } catch (error) {
      return errnoNameOf(error);
    }
  }

  write(): ErrnoName {
    return "EBADF";
  }

  readiness(events: number): number {
    return events & (POLLIN | POLLOUT);
  }

  control(): ErrnoName {
    return "ENOTTY";
  }

  close(): void {
    this.locks.release(this.fd);
    closeSync(this.fd);
  }
}
