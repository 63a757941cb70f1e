import type { ErrnoName, Failure } from "../../protocol/messages.ts";
import { type KernelObject, POLLIN } from "./objects.ts";

/** A connection of which something has been read too early, which is therefore read first. */
export class UnreadStream implements KernelObject {
  readonly kind: KernelObject["kind"];
  #unread: Uint8Array;

  constructor(
    readonly beneath: KernelObject,
    unread: Uint8Array,
  ) {
    this.kind = beneath.kind;
    this.#unread = unread;
  }

  read(length: number): Uint8Array | ErrnoName | Failure | undefined {
    if (this.#unread.length === 0) return this.beneath.read(length);
    const taken = this.#unread.subarray(0, length);
    this.#unread = this.#unread.subarray(taken.length);
    return taken;
  }

  write(bytes: Uint8Array): number | ErrnoName | Failure | undefined {
    return this.beneath.write(bytes);
  }

  readiness(events: number, waiting: boolean): number {
    const readable = this.#unread.length > 0 ? events & POLLIN : 0;
    return readable | this.beneath.readiness(events & ~readable, waiting && readable === 0);
  }

  control(request: number, argument: number, bytes: Uint8Array): Uint8Array | ErrnoName {
    return this.beneath.control(request, argument, bytes);
  }

  close(): void {
    this.beneath.close();
  }
}
