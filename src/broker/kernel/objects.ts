import type { ErrnoName, Failure, StreamGrant } from "../../protocol/messages.ts";

/** poll(2)'s bits, the same in musl and glibc. */
export const POLLIN = 1;
export const POLLOUT = 4;
export const POLLERR = 8;
export const POLLHUP = 16;
export const POLLNVAL = 32;
/** The peer sends no more. */
export const POLLRDHUP = 0x2000;

/**
 * What a cell's handle stands for. Reads and writes never block: they answer undefined while they would, and
 * the object wakes its waiters when that may have changed.
 */
export interface KernelObject {
  readonly kind: StreamGrant["kind"];
  /** What this one is a layer over: what is asked of a connection, and not of its bytes, is asked of that. */
  readonly beneath?: KernelObject;
  /** Between 1 and `length` bytes, none at the end, undefined when there are none yet. */
  read(length: number): Uint8Array | ErrnoName | Failure | undefined;
  /** How many bytes were taken; undefined when none can be taken now. The bytes are copied. */
  write(bytes: Uint8Array): number | ErrnoName | Failure | undefined;
  /**
   * Which of the wanted poll events hold; POLLERR and POLLHUP need not be wanted. When none does and the caller
   * is going to wait, the object sees to it that its waiters are woken.
   */
  readiness(events: number, waiting: boolean): number;
  /** Terminal control: the structure's new bytes. Numbers and layouts are Linux's. */
  control(request: number, argument: number, bytes: Uint8Array): Uint8Array | ErrnoName;
  /** lseek(2)'s new position, for an object that has one. */
  seek?(offset: number, whence: number): number | ErrnoName;
  close(): void;
}

/** Linux's usual limit on open files. */
export const DEFAULT_OPEN_FILES = 1024;

/** A process's handles: small numbers that mean nothing to any other process. */
export class HandleTable {
  readonly #objects = new Map<number, KernelObject>();
  #next = 1;

  /** How many may be open at a time. */
  maximum = DEFAULT_OPEN_FILES;

  /** How many more can be opened. */
  get room(): number {
    return this.maximum - this.#objects.size;
  }

  open(object: KernelObject): number {
    const handle = this.#next++;
    this.#objects.set(handle, object);
    return handle;
  }

  get(handle: number): KernelObject | undefined {
    return this.#objects.get(handle);
  }

  /** Puts another object in an open one's place, which it does not close. */
  replace(handle: number, object: KernelObject): void {
    if (this.#objects.has(handle)) this.#objects.set(handle, object);
  }

  close(handle: number): boolean {
    const object = this.#objects.get(handle);
    this.#objects.delete(handle);
    object?.close();
    return object !== undefined;
  }

  closeAll(): void {
    for (const handle of [...this.#objects.keys()]) this.close(handle);
  }
}
