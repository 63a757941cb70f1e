import type { Socket } from "node:net";
import type { ErrnoName, Failure, SocketAddress } from "../../protocol/messages.ts";
import { ConnectFailure } from "../network/connect-failure.ts";
import { NetworkRefusal } from "../network/network-refusal.ts";
import type { Endpoint, ProgramNetwork } from "../network/program-network.ts";
import { errnoNameOf } from "./errno.ts";
import { type KernelObject, POLLERR, POLLHUP, POLLIN, POLLOUT } from "./objects.ts";

/** What is read ahead of the program, and what waits to be sent. */
const BUFFERED_BYTES = 1 << 20;
const LARGE_BYTES = 64 * 1024;
/** A program that closes a connection has no more to do with it; what it wrote goes out for so long. */
const LINGER_MS = 10_000;

/** A TCP socket of a program's. */
export class TcpSocket implements KernelObject {
  readonly kind = "socket";
  #state: "new" | "connecting" | "connected" = "new";
  #socket: Socket | null = null;
  readonly #dialling = new AbortController();
  #chunks: Uint8Array[] = [];
  #bufferedBytes = 0;
  #ended = false;
  #readClosed = false;
  #writeClosed = false;
  /** How the connection has failed, until somebody is told. */
  #failure: Failure | null = null;
  #reset = false;
  #options: { noDelay?: boolean; keepAlive?: boolean } = {};

  constructor(
    private readonly network: ProgramNetwork,
    private readonly wake: () => void,
  ) {}

  get isConnecting(): boolean {
    return this.#state === "connecting";
  }

  /** Begins a connection; a refusal is answered at once. */
  connect(endpoint: Endpoint): Failure | null {
    if (this.#state !== "new") return { errno: this.#state === "connecting" ? "EALREADY" : "EISCONN" };
    const refusal = this.network.refusalOf(endpoint);
    if (refusal === null) this.#state = "connecting";
    const connected = this.network.connect(endpoint, this.#dialling.signal).then(
      (socket) => this.#attach(socket),
      (error: unknown) => {
        this.#state = "new";
        if (refusal === null) this.#failure = failureOf(error);
      },
    );
    void connected.finally(this.wake);
    return refusal === null ? null : { errno: "EACCES", reason: refusal };
  }

  /** SO_ERROR: told once. */
  takeFailure(): Failure | null {
    const failure = this.#failure;
    this.#failure = null;
    return failure;
  }

  names(): { local: SocketAddress | null; peer: SocketAddress | null } {
    const { localAddress, localPort, remoteAddress, remotePort } = this.#socket ?? {};
    return { local: addressOf(localAddress, localPort), peer: addressOf(remoteAddress, remotePort) };
  }

  setOption(option: "no-delay" | "keep-alive", value: number): void {
    if (option === "no-delay") this.#options.noDelay = value !== 0;
    else this.#options.keepAlive = value !== 0;
    this.#applyOptions();
  }

  read(length: number): Uint8Array | ErrnoName | Failure | undefined {
    const taken = this.peek(length);
    if (!(taken instanceof Uint8Array) || taken.length === 0) return taken;
    this.#drop(taken.length);
    this.network.meter.count(taken.length);
    return taken;
  }

  /** As `read`, but what it gives stays. */
  peek(length: number): Uint8Array | ErrnoName | Failure | undefined {
    if (this.#readClosed) return new Uint8Array(0);
    if (this.#bufferedBytes > 0) {
      const { meter } = this.network;
      if (meter.exhausted !== null) return { errno: "EDQUOT", reason: meter.exhausted };
      const allowed = meter.allowance(Math.min(length, this.#bufferedBytes));
      return allowed === 0 ? this.#pause() : this.#first(allowed);
    }
    if (this.#failure !== null) return this.takeFailure() ?? undefined;
    if (this.#ended || this.#reset) return new Uint8Array(0);
    return this.#state === "new" ? "ENOTCONN" : undefined;
  }

  write(bytes: Uint8Array): number | ErrnoName | Failure | undefined {
    if (this.#failure !== null) return this.takeFailure() ?? undefined;
    if (this.#writeClosed || this.#reset) return "EPIPE";
    if (this.#state === "new") return "ENOTCONN";
    const socket = this.#socket;
    if (socket === null) return undefined;
    const room = BUFFERED_BYTES - socket.writableLength;
    if (room <= 0) return undefined;
    const { meter } = this.network;
    if (meter.exhausted !== null) return { errno: "EDQUOT", reason: meter.exhausted };
    const allowed = meter.allowance(Math.min(bytes.length, room));
    if (allowed === 0 && bytes.length > 0) return this.#pause();
    // A copy: the bytes may lie in the window that the cell writes next.
    socket.write(new Uint8Array(bytes.subarray(0, allowed)));
    meter.count(allowed);
    return allowed;
  }

  readiness(events: number): number {
    if (this.#failure !== null) return (events & (POLLIN | POLLOUT)) | POLLERR | POLLHUP;
    if (this.#state === "new") return (events & POLLOUT) | POLLHUP;
    if (this.#socket === null) return 0;
    const readable = this.#bufferedBytes > 0 || this.#ended || this.#reset || this.#readClosed;
    const isWritable = this.#reset || this.#writeClosed || this.#socket.writableLength < BUFFERED_BYTES;
    const hungUp = this.#reset || (this.#ended && this.#writeClosed) ? POLLHUP : 0;
    return (readable ? events & POLLIN : 0) | (isWritable ? events & POLLOUT : 0) | hungUp;
  }

  control(): ErrnoName {
    return "ENOTTY";
  }

  /** shutdown(2). */
  shutdown(how: number): ErrnoName | null {
    if (how > 2) return "EINVAL";
    if (this.#socket === null || this.#reset) return "ENOTCONN";
    if (how !== 1) {
      this.#readClosed = true;
      this.#socket.resume();
    }
    if (how !== 0 && !this.#writeClosed) {
      this.#writeClosed = true;
      this.#socket.end();
    }
    this.wake();
    return null;
  }

  close(): void {
    this.#dialling.abort();
    const socket = this.#socket;
    if (socket === null || socket.destroyed) return;
    socket.removeAllListeners("data");
    socket.resume();
    socket.destroySoon();
    const linger = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once("close", () => clearTimeout(linger));
  }

  #attach(socket: Socket): void {
    if (this.#dialling.signal.aborted) return void socket.destroy();
    this.#state = "connected";
    this.#socket = socket;
    this.#applyOptions();
    socket.on("data", (chunk: Uint8Array) => {
      if (this.#readClosed) return;
      this.#chunks.push(chunk);
      this.#bufferedBytes += chunk.length;
      if (this.#bufferedBytes >= BUFFERED_BYTES) socket.pause();
      this.wake();
    });
    socket.on("end", () => {
      this.#ended = true;
      this.wake();
    });
    socket.on("error", (error) => {
      this.#failure = failureOf(error);
      this.wake();
    });
    socket.on("close", () => {
      this.#reset = !this.#ended || this.#failure !== null;
      this.#ended = true;
      this.wake();
    });
    socket.on("drain", this.wake);
    socket.resume();
  }

  /** Up to so many of the bytes that have come, in one piece: small ones are put together, large ones not copied. */
  #first(length: number): Uint8Array {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= Math.min(length, LARGE_BYTES)) return first.subarray(0, length);
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined.subarray(0, length);
  }

  #drop(length: number): void {
    const [first] = this.#chunks;
    if (first === undefined) return;
    if (first.length === length) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(length);
    this.#bufferedBytes -= length;
    if (this.#bufferedBytes < BUFFERED_BYTES) this.#socket?.resume();
  }

  /** Until the meter lets something pass again. */
  #pause(): undefined {
    setTimeout(this.wake, this.network.meter.pauseMs);
  }

  #applyOptions(): void {
    if (this.#options.noDelay !== undefined) this.#socket?.setNoDelay(this.#options.noDelay);
    if (this.#options.keepAlive !== undefined) this.#socket?.setKeepAlive(this.#options.keepAlive);
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof NetworkRefusal) return { errno: "EACCES", reason: error.reason };
  if (!(error instanceof ConnectFailure)) return { errno: errnoNameOf(error) };
  const errno = error.code === "EMFILE" ? "EMFILE" : errnoNameOf(error);
  return error.reason === undefined ? { errno } : { errno, reason: error.reason };
}

function addressOf(address: string | undefined, port: number | undefined): SocketAddress | null {
  return address === undefined || port === undefined ? null : { address, port };
}
