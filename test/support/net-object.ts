import { connect, type Socket } from "node:net";
import { type KernelObject, POLLHUP, POLLIN, POLLOUT } from "../../src/broker/kernel/objects.ts";
import type { ErrnoName } from "../../src/protocol/messages.ts";

/** A connection to a server of the test's as a kernel object, which takes and gives small pieces. */
export class NetObject implements KernelObject {
  readonly kind = "socket";
  #received: Buffer[] = [];
  #ended = false;
  #error: ErrnoName | null = null;

  private constructor(
    private readonly socket: Socket,
    private readonly options: { readonly pieceBytes: number; wake(): void },
  ) {
    socket.on("data", (bytes: Buffer) => this.#changed(() => this.#received.push(bytes)));
    socket.on("end", () => this.#changed(() => (this.#ended = true)));
    socket.on("error", () => this.#changed(() => (this.#error = "ECONNRESET")));
    socket.on("drain", () => options.wake());
  }

  static async open(port: number, options: { readonly pieceBytes: number; wake(): void }): Promise<NetObject> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return new NetObject(socket, options);
  }

  read(length: number): Uint8Array | ErrnoName | undefined {
    const first = this.#received.shift();
    if (first === undefined) return this.#error ?? (this.#ended ? new Uint8Array(0) : undefined);
    const most = Math.min(length, this.options.pieceBytes);
    if (first.length > most) this.#received.unshift(first.subarray(most));
    return first.subarray(0, most);
  }

  write(bytes: Uint8Array): number | ErrnoName | undefined {
    if (this.#error !== null) return "EPIPE";
    if (this.socket.writableNeedDrain) return undefined;
    const part = Buffer.from(bytes.subarray(0, this.options.pieceBytes));
    this.socket.write(part);
    return part.length;
  }

  readiness(events: number): number {
    let bits = 0;
    if (this.#received.length > 0 || this.#ended || this.#error !== null) bits |= events & POLLIN;
    if (!this.socket.writableNeedDrain) bits |= events & POLLOUT;
    return this.#error === null ? bits : bits | POLLHUP;
  }

  control(): ErrnoName {
    return "ENOTTY";
  }

  close(): void {
    this.socket.destroy();
  }

  #changed(change: () => void): void {
    change();
    this.options.wake();
  }
}
