import type { ErrnoName, Failure } from "../../protocol/messages.ts";
import { type KernelObject, POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP } from "./objects.ts";
import { ReceivedBytes } from "./received-bytes.ts";

/** Linux's usual buffer of a socket. */
const CAPACITY_BYTES = 212_992;

/** The two ends of a new socketpair(2). */
export function createSocketPair(wake: () => void): { first: PairEnd; second: PairEnd } {
  const [first, second] = [new PairEnd(wake), new PairEnd(wake)];
  first.join(second);
  second.join(first);
  return { first, second };
}

/** One end: always connected, and without a name. */
export class PairEnd implements KernelObject {
  readonly kind = "socket";
  readonly isConnecting = false;
  readonly #received = new ReceivedBytes();
  #peer: PairEnd = this;
  #readClosed = false;
  #writeClosed = false;
  /** The peer has been closed with something unread in it; told once. */
  #isReset = false;

  constructor(private readonly wake: () => void) {}

  join(peer: PairEnd): void {
    this.#peer = peer;
  }

  connect(): Failure {
    return { errno: "EISCONN" };
  }

  outcome(): Failure | null {
    return this.takeFailure();
  }

  takeFailure(): Failure | null {
    const failure = this.#isReset ? ({ errno: "ECONNRESET" } as const) : null;
    this.#isReset = false;
    return failure;
  }

  names(): { local: null; peer: null } {
    return { local: null, peer: null };
  }

  setOption(): void {}

  read(length: number): Uint8Array | ErrnoName | undefined {
    const taken = this.peek(length);
    if (!(taken instanceof Uint8Array) || taken.length === 0) return taken;
    this.#received.drop(taken.length);
    this.wake();
    return taken;
  }

  peek(length: number): Uint8Array | ErrnoName | undefined {
    if (this.#received.length > 0) return this.#received.first(length);
    if (this.takeFailure() !== null) return "ECONNRESET";
    return this.#noMoreComes || length === 0 ? new Uint8Array(0) : undefined;
  }

  write(bytes: Uint8Array): number | ErrnoName | undefined {
    if (this.#nothingGoes) return "EPIPE";
    const room = CAPACITY_BYTES - this.#peer.#received.length;
    if (room === 0 && bytes.length > 0) return undefined;
    // A copy: the bytes may lie in the window that the cell writes next.
    const taken = new Uint8Array(bytes.subarray(0, room));
    this.#peer.#received.push(taken);
    this.wake();
    return taken.length;
  }

  readiness(events: number): number {
    const full = this.#peer.#received.length >= CAPACITY_BYTES;
    let bits = this.#received.length > 0 || this.#noMoreComes ? POLLIN : 0;
    if (this.#noMoreComes) bits |= POLLRDHUP;
    if (this.#nothingGoes || !full) bits |= POLLOUT;
    const always = (this.#noMoreComes && this.#nothingGoes ? POLLHUP : 0) | (this.#isReset ? POLLERR : 0);
    return (bits & events) | always;
  }

  control(): ErrnoName {
    return "ENOTTY";
  }

  /** shutdown(2). */
  shutdown(how: number): ErrnoName | null {
    if (how > 2) return "EINVAL";
    if (how !== 1) this.#readClosed = true;
    if (how !== 0) this.#writeClosed = true;
    this.wake();
    return null;
  }

  close(): void {
    this.#readClosed = this.#writeClosed = true;
    if (this.#received.length > 0) this.#peer.#isReset = true;
    this.#received.clear();
    this.wake();
  }

  get #noMoreComes(): boolean {
    return this.#readClosed || this.#peer.#writeClosed;
  }

  get #nothingGoes(): boolean {
    return this.#writeClosed || this.#peer.#readClosed;
  }
}
