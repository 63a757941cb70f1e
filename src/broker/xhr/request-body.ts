import type { ClientRequest } from "node:http";

/** Up to here a body is held, so that it can be sent again where a redirect wants that. */
const LARGEST_HELD_BYTES = 16 * 1024 ** 2;
/** Of one program's bodies together. */
const MOST_HELD_BYTES = 64 * 1024 ** 2;
/** Of a larger body so much is taken at a time. */
const QUEUE_BYTES = 64 * 1024;
/** It goes out in pieces of this, the last one aside: a queue of single bytes would take a hundred times as much. */
const PIECE_BYTES = 4096;

/** What one program's bodies take of the broker's memory. */
export class HeldBytes {
  #left = MOST_HELD_BYTES;

  take(bytes: number): boolean {
    if (bytes > LARGEST_HELD_BYTES || bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#left += bytes;
  }
}

/** A body of a known size that the program writes: a small one is sent when it is whole, a large one as it comes. */
export class RequestBody {
  readonly #isHeld: boolean;
  /** All of a body that is held; what waits of another. */
  readonly #buffer: Buffer;
  #filledBytes = 0;
  #missingBytes: number;
  #request: ClientRequest | null = null;
  /** The request takes no more now, or has been ended. */
  #isBlocked = false;
  #unwanted = false;

  constructor(
    readonly bytes: number,
    private readonly held: HeldBytes,
    private readonly onRoom: () => void,
  ) {
    this.#missingBytes = bytes;
    this.#isHeld = held.take(bytes);
    this.#buffer = Buffer.allocUnsafe(this.#isHeld ? bytes : QUEUE_BYTES);
  }

  /** All has been written, or what comes may go out as it comes. */
  get isReady(): boolean {
    return !this.#isHeld || this.#missingBytes === 0;
  }

  /** No more is wanted. */
  get isOver(): boolean {
    return this.#missingBytes === 0 || this.#unwanted;
  }

  get isWritable(): boolean {
    return !this.isOver && this.#filledBytes < this.#buffer.length;
  }

  /** How many were taken; the bytes are copied. */
  write(bytes: Uint8Array): number {
    const room = Math.min(this.#buffer.length - this.#filledBytes, this.#missingBytes);
    const taken = bytes.subarray(0, room);
    this.#buffer.set(taken, this.#filledBytes);
    this.#filledBytes += taken.length;
    this.#missingBytes -= taken.length;
    if (!this.#isHeld) this.#pass();
    return taken.length;
  }

  /** False for one that has gone out already and was not held. */
  get canBeSent(): boolean {
    return this.#isHeld || this.#request === null;
  }

  /** Writes all of it, now or as it comes, and ends the request. */
  sendTo(request: ClientRequest): void {
    this.#request = request;
    if (this.#isHeld) return void request.end(this.#buffer);
    request.on("drain", () => {
      this.#isBlocked = request.writableEnded;
      this.#pass();
    });
    this.#pass();
  }

  /** Nobody takes more of it. */
  [Symbol.dispose](): void {
    if (this.#unwanted) return;
    this.#unwanted = true;
    if (this.#isHeld) this.held.giveBack(this.bytes);
  }

  #pass(): void {
    const isLast = this.#missingBytes === 0;
    if (this.#request === null || this.#isBlocked || (this.#filledBytes < PIECE_BYTES && !isLast)) return;
    // A copy: the buffer is filled again while this waits to be sent.
    const piece = Buffer.from(this.#buffer.subarray(0, this.#filledBytes));
    this.#filledBytes = 0;
    this.#isBlocked = !this.#request.write(piece) || isLast;
    if (isLast) this.#request.end();
    else this.onRoom();
  }
}
