import type { ErrnoName, Failure } from "../../protocol/messages.ts";
import { type KernelObject, POLLERR, POLLHUP, POLLIN, POLLOUT } from "./objects.ts";
import type { TlsEngine } from "./tls-engine.ts";
import { UnreadStream } from "./unread-stream.ts";

/** How far a handshake, or an end, is: done, failed in the engine, or in the connection below. */
export type TlsProgress = "done" | "failed" | ErrnoName | Failure;

/**
 * A connection through TLS: reads and writes are plaintext, and what lies below carries ciphertext. It does something only
 * when it is asked; whoever waits is woken by the connection or the engine, and asks again.
 */
export class TlsStream implements KernelObject {
  readonly kind: KernelObject["kind"];
  /** What the peer sent and the engine has not taken. */
  #received: Uint8Array = new Uint8Array(0);
  #unsent: Uint8Array[] = [];
  /** Of a write: so much has been encrypted, and is taken as written when all of it is sent. */
  #encrypted = 0;
  #error: ErrnoName | Failure | null = null;
  /** The program has read all that came. */
  #endIsKnown = false;

  constructor(
    readonly beneath: KernelObject,
    readonly engine: TlsEngine,
  ) {
    this.kind = beneath.kind;
  }

  /** Takes the handshake as far as it goes; undefined while the peer is waited for. */
  handshake(): TlsProgress | undefined {
    for (;;) {
      this.#send();
      if (this.engine.state === "failed") return "failed";
      if (this.engine.state === "open") return this.#unsent.length === 0 ? "done" : (this.#error ?? undefined);
      if (!this.#receive(1)) return this.#error ?? undefined;
    }
  }

  /** Says that nothing more comes, and waits until the peer has said so. */
  finish(): TlsProgress | undefined {
    if (this.engine.state !== "open") return "failed";
    this.engine.close();
    for (;;) {
      this.#send();
      if (this.engine.failure !== null || this.engine.plaintextBytes > 0) return "failed";
      if (this.engine.closed) return this.#unsent.length === 0 ? "done" : (this.#error ?? undefined);
      if (this.engine.ended) return "failed";
      if (this.engine.settling || !this.#receive(1)) return this.#error ?? undefined;
    }
  }

  /** The connection below, to be used without TLS from now on. */
  release(): KernelObject {
    this.engine.destroy();
    return this.#received.length === 0 ? this.beneath : new UnreadStream(this.beneath, this.#received);
  }

  /** What was sent lies in queues still. */
  get isSending(): boolean {
    return this.#unsent.length > 0;
  }

  read(length: number): Uint8Array | ErrnoName | Failure | undefined {
    const opening = this.#open();
    if (opening !== "done") return opening;
    while (this.engine.plaintextBytes < length && this.#receive(length));
    this.#send();
    if (this.engine.plaintextBytes > 0) return this.engine.takePlaintext(length);
    if (this.engine.failure !== null) return "EIO";
    if (this.engine.closed || this.engine.ended) {
      this.#endIsKnown = true;
      return new Uint8Array(0);
    }
    return this.#error ?? undefined;
  }

  /** As OpenSSL's: what is not all sent is to be given again, the same, and taken then. */
  write(bytes: Uint8Array): number | ErrnoName | Failure | undefined {
    const opening = this.#open();
    if (opening !== "done") return opening;
    this.#send();
    // As to a connection whose peer has closed it: a program that has not read so far is not told.
    if (this.engine.closed) return this.#endIsKnown ? "EPIPE" : bytes.length;
    if (this.#error !== null) return this.#error;
    if (this.engine.failure !== null) return "EIO";
    if (this.#unsent.length > 0) return undefined;
    if (this.#encrypted > 0) return this.#written(bytes.length);
    if (this.engine.encrypting) return undefined;
    const part = bytes.subarray(0, LARGEST_WRITE_BYTES);
    if (part.length === 0) return 0;
    this.engine.write(part);
    this.#encrypted = part.length;
    if (!this.#send()) return this.#error ?? undefined;
    return this.#written(part.length);
  }

  readiness(events: number, waiting: boolean): number {
    this.#send();
    const { engine } = this;
    const failed = engine.state === "failed" || this.#error !== null;
    if (failed) return (events & (POLLIN | POLLOUT)) | POLLERR;
    if (engine.state === "handshaking") return this.#beneathReadiness(events, waiting);
    let ready = 0;
    if ((events & POLLIN) !== 0) {
      while (engine.plaintextBytes === 0 && this.#receive(1));
      if (engine.plaintextBytes > 0 || this.#isOver) ready |= POLLIN;
    }
    if ((events & POLLOUT) !== 0 && (engine.closed || this.#isWritable)) ready |= POLLOUT;
    // What lies below is asked even so: whether it has gone, and to be woken by it.
    const below = this.#beneathReadiness(events & ~ready, waiting && ready === 0);
    return ready | (below & (POLLERR | POLLHUP));
  }

  control(request: number, argument: number, bytes: Uint8Array): Uint8Array | ErrnoName {
    return this.beneath.control(request, argument, bytes);
  }

  close(): void {
    this.engine.destroy();
    this.beneath.close();
  }

  /** A read or write before the handshake makes it. */
  #open(): "done" | ErrnoName | Failure | undefined {
    if (this.engine.state === "open") return "done";
    const progress = this.handshake();
    return progress === "failed" ? "EIO" : progress;
  }

  #written(most: number): number {
    const written = Math.min(this.#encrypted, most);
    this.#encrypted = 0;
    return written;
  }

  get #isOver(): boolean {
    return this.engine.closed || this.engine.ended || this.engine.failure !== null || this.#error !== null;
  }

  get #isWritable(): boolean {
    if (this.#unsent.length > 0 || this.engine.encrypting) return false;
    return (this.beneath.readiness(POLLOUT, false) & POLLOUT) !== 0;
  }

  /** TLS reads whatever is wanted, and writes only while it has something to send. */
  #beneathReadiness(events: number, waiting: boolean): number {
    const wantsOut = this.#unsent.length > 0 || (events & POLLOUT) !== 0;
    const below = this.beneath.readiness(POLLIN | (wantsOut ? POLLOUT : 0), waiting);
    return below & (events | POLLERR | POLLHUP);
  }

  /** Whether all ciphertext there is has been sent. */
  #send(): boolean {
    this.#unsent.push(...this.engine.takeCiphertext());
    while (this.#unsent[0] !== undefined) {
      const [first] = this.#unsent;
      const written = this.beneath.write(first);
      if (typeof written !== "number") {
        // An answer to a peer's last word is nothing that a program wrote.
        if (written !== undefined && !this.engine.closed) this.#error ??= written;
        return false;
      }
      if (written < first.length) this.#unsent[0] = first.subarray(written);
      else this.#unsent.shift();
    }
    return true;
  }

  /** Gives the engine more, until there are so many bytes of plaintext; false when there is no more now. */
  #receive(enough: number): boolean {
    const { engine } = this;
    if (engine.failure !== null || engine.closed || engine.ended || engine.settling) return false;
    if (this.#take(enough)) return true;
    const more = this.beneath.read(PIECE_BYTES);
    if (more === undefined) return false;
    if (typeof more === "string" || "errno" in more) {
      this.#error ??= more;
      return false;
    }
    if (more.length === 0) engine.end();
    // A copy: what was read may lie in memory that is used again.
    this.#received = Buffer.concat([this.#received, more]);
    this.#take(enough);
    return true;
  }

  #take(enough: number): boolean {
    const taken = this.engine.receive(this.#received, enough);
    this.#received = this.#received.subarray(taken);
    return taken > 0;
  }
}

/** What is encrypted by one write, and waits here while the connection takes no more. */
const LARGEST_WRITE_BYTES = 128 * 1024;
const PIECE_BYTES = 64 * 1024;
