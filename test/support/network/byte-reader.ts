import type { Socket } from "node:net";

/** Reads what comes over a connection by lines and by lengths. */
export class ByteReader {
  #pending: Buffer<ArrayBuffer>[] = [];
  #pendingBytes = 0;
  #ended = false;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    socket.on("data", (bytes: Buffer<ArrayBuffer>) => {
      this.#pending.push(bytes);
      this.#pendingBytes += bytes.length;
      this.#wake();
    });
    for (const event of ["end", "close", "error"])
      socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
  }

  /** Without its end; throws when the connection ends before. */
  async line(): Promise<string> {
    for (;;) {
      const joined = this.#joined();
      const end = joined.indexOf("\n");
      if (end >= 0)
        return this.#take(end + 1)
          .toString("latin1")
          .replace(/\r?\n$/, "");
      await this.#more();
    }
  }

  /** Throws when the connection ends before. */
  async exactly(bytes: number): Promise<Buffer<ArrayBuffer>> {
    while (this.#pendingBytes < bytes) await this.#more();
    return this.#take(bytes);
  }

  /** The first byte that is not yet taken; throws when the connection ends before. */
  async peek(): Promise<number> {
    while (this.#pendingBytes === 0) await this.#more();
    return this.#joined()[0] ?? 0;
  }

  /** What came and was not asked for, for somebody else to go on with. */
  rest(): Buffer<ArrayBuffer> {
    return this.#take(this.#pendingBytes);
  }

  #take(bytes: number): Buffer<ArrayBuffer> {
    const joined = this.#joined();
    const rest = joined.subarray(bytes);
    this.#pending = rest.length === 0 ? [] : [rest];
    this.#pendingBytes = rest.length;
    return joined.subarray(0, bytes);
  }

  #joined(): Buffer<ArrayBuffer> {
    if (this.#pending.length !== 1) this.#pending = [Buffer.concat(this.#pending)];
    return this.#pending[0] ?? Buffer.alloc(0);
  }

  async #more(): Promise<void> {
    if (this.#ended) throw new ConnectionEnded();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** The other end has gone before it sent all that it should. */
class ConnectionEnded extends Error {}
