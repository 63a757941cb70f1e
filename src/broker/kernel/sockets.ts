import type { Socket } from "node:net";
import { formatAddress } from "../../permissions/ip-address.ts";
import type { ErrnoName, Failure, SocketAddress } from "../../protocol/messages.ts";
import { ConnectFailure } from "../network/connect-failure.ts";
import { NetworkRefusal } from "../network/network-refusal.ts";
import type { Endpoint, ProgramNetwork } from "../network/program-network.ts";
import { sendRest } from "../network/send-rest.ts";
import { errnoNameOf } from "./errno.ts";
import { type KernelObject, POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP } from "./objects.ts";
import { ReceivedBytes } from "./received-bytes.ts";

/** In pieces, so that it shows how much of it has gone out. */
const PIECE_BYTES = 1 << 16;

/** A TCP socket of a program's. What it answers in which state is what Linux answers. */
export class TcpSocket implements KernelObject {
  readonly kind = "socket";
  #state: "new" | "connecting" | "connected" | "failed" = "new";
  #socket: Socket | null = null;
  readonly #dialling = new AbortController();
  readonly #received = new ReceivedBytes();
  /** Connected, of which the program has not been told. */
  #isNews = false;
  /** The peer sends no more. */
  #ended = false;
  #readClosed = false;
  #writeClosed = false;
  /** How the connection has failed, until somebody is told. */
  #failure: Failure | null = null;
  /** Nothing comes or goes any more, in either direction. */
  #reset = false;
  #names: { readonly local: SocketAddress | null; readonly peer: SocketAddress } | null = null;
  #options: { noDelay?: boolean; keepAlive?: boolean } = {};
  #pause: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly network: ProgramNetwork,
    private readonly wake: () => void,
  ) {}

  get isConnecting(): boolean {
    return this.#state === "connecting";
  }

  /** Begins a connection; a refusal is answered at once, and how an earlier one has ended. */
  connect(endpoint: Endpoint): Failure | null {
    if (this.#state === "connecting") return { errno: "EALREADY" };
    if (this.#state === "connected") return this.#isNews ? this.outcome() : { errno: "EISCONN" };
    if (this.#failure !== null) return this.takeFailure();
    const refusal = this.network.refusalOf(endpoint);
    const connecting = this.network.connect(endpoint, this.#dialling.signal);
    if (refusal !== null) {
      // It has been logged.
      connecting.catch(() => {});
      return { errno: "EACCES", reason: refusal };
    }
    this.#state = "connecting";
    connecting
      .then((socket) => this.#attach(socket, endpoint))
      .catch((error: unknown) => {
        this.#state = "failed";
        this.#failure = failureOf(error);
      })
      .finally(this.wake);
    return null;
  }

  /** What has become of a connection that was waited for. */
  outcome(): Failure | null {
    this.#isNews = false;
    return this.takeFailure();
  }

  /** SO_ERROR: told once. */
  takeFailure(): Failure | null {
    const failure = this.#failure;
    this.#failure = null;
    return failure;
  }

  names(): { local: SocketAddress | null; peer: SocketAddress | null } {
    return { local: this.#names?.local ?? null, peer: this.#isOver ? null : (this.#names?.peer ?? null) };
  }

  setOption(option: "no-delay" | "keep-alive", value: number): void {
    if (option === "no-delay") this.#options.noDelay = value !== 0;
    else this.#options.keepAlive = value !== 0;
    this.#applyOptions();
  }

  read(length: number): Uint8Array | ErrnoName | Failure | undefined {
    const taken = this.peek(length);
    if (!(taken instanceof Uint8Array) || taken.length === 0) return taken;
    this.#received.drop(taken.length);
    if (this.#received.length < this.network.bufferBytes) this.#socket?.resume();
    this.network.meter.count(taken.length);
    return taken;
  }

  /** As `read`, but what it gives stays. */
  peek(length: number): Uint8Array | ErrnoName | Failure | undefined {
    if (length === 0) return NOTHING;
    if (this.#received.length > 0) {
      const { meter } = this.network;
      if (meter.exhausted !== null) return { errno: "EDQUOT", reason: meter.exhausted };
      const allowed = meter.allowance(Math.min(length, this.#received.length));
      return allowed === 0 ? this.#waitForMeter() : this.#received.first(allowed);
    }
    if (this.#ended) return NOTHING;
    if (this.#failure !== null) return this.takeFailure() ?? undefined;
    if (this.#noMoreComes) return NOTHING;
    return this.#state === "new" ? "ENOTCONN" : undefined;
  }

  write(bytes: Uint8Array): number | ErrnoName | Failure | undefined {
    if (this.#failure !== null) return this.takeFailure() ?? undefined;
    if (this.#nothingGoes) return "EPIPE";
    const socket = this.#socket;
    if (socket === null) return undefined;
    if (bytes.length === 0) return 0;
    const room = this.network.bufferBytes - socket.writableLength;
    if (room <= 0) return undefined;
    const { meter } = this.network;
    if (meter.exhausted !== null) return { errno: "EDQUOT", reason: meter.exhausted };
    const allowed = meter.allowance(Math.min(bytes.length, room));
    if (allowed === 0) return this.#waitForMeter();
    for (let sent = 0; sent < allowed; sent += PIECE_BYTES) {
      // A copy: the bytes may lie in the window that the cell writes next.
      socket.write(new Uint8Array(bytes.subarray(sent, Math.min(sent + PIECE_BYTES, allowed))));
    }
    meter.count(allowed);
    return allowed;
  }

  readiness(events: number, waiting: boolean): number {
    if (this.#state === "connecting") return 0;
    if (this.#state === "new") return (events & POLLOUT) | POLLHUP;
    const flowing = this.#flows(events, waiting);
    let bits = this.#noMoreComes ? POLLIN | POLLRDHUP : 0;
    if (this.#received.length > 0 && flowing) bits |= POLLIN;
    if (this.#nothingGoes || (this.#hasRoom && flowing)) bits |= POLLOUT;
    const always = (this.#noMoreComes && this.#nothingGoes ? POLLHUP : 0) | (this.#failure === null ? 0 : POLLERR);
    return (bits & events) | always;
  }

  control(): ErrnoName {
    return "ENOTTY";
  }

  /** shutdown(2). */
  shutdown(how: number): ErrnoName | null {
    if (how > 2) return "EINVAL";
    if (this.#socket === null || this.#isOver) return "ENOTCONN";
    if (how !== 1) this.#readClosed = true;
    if (how !== 0 && !this.#writeClosed) {
      this.#writeClosed = true;
      this.#socket.end();
    }
    this.wake();
    return null;
  }

  close(): void {
    this.#dialling.abort();
    if (this.#pause !== null) clearTimeout(this.#pause);
    if (this.#socket === null) return;
    this.#socket.removeAllListeners("data");
    this.#received.clear();
    sendRest(this.#socket);
  }

  #attach(socket: Socket, { address, port }: Endpoint): void {
    if (this.#dialling.signal.aborted) return void socket.destroy();
    this.#state = "connected";
    this.#isNews = true;
    this.#socket = socket;
    // The peer is who was asked for, though a proxy may be what is talked to.
    const { localAddress, localPort } = socket;
    const local = localAddress && localPort ? { address: localAddress, port: localPort } : null;
    this.#names = { local, peer: { address: formatAddress(address), port } };
    this.#applyOptions();
    socket.on("data", (chunk: Uint8Array) => {
      this.#received.push(chunk);
      if (this.#received.length >= this.network.bufferBytes) socket.pause();
      this.wake();
    });
    socket.on("end", () => {
      this.#ended = true;
      this.wake();
    });
    socket.on("error", (error) => {
      this.#failure = this.#ended ? { errno: "EPIPE" } : failureOf(error);
      this.#reset = true;
      this.wake();
    });
    socket.on("close", () => {
      if (!this.#ended) this.#reset = true;
      this.wake();
    });
    socket.on("drain", this.wake);
    socket.resume();
  }

  get #noMoreComes(): boolean {
    return this.#ended || this.#readClosed || this.#reset || this.#state === "failed";
  }

  get #nothingGoes(): boolean {
    return this.#writeClosed || this.#reset || this.#state === "new" || this.#state === "failed";
  }

  /** Both sides have ended, or one has broken off. */
  get #isOver(): boolean {
    return this.#reset || (this.#ended && this.#writeClosed);
  }

  get #hasRoom(): boolean {
    return this.#socket !== null && this.#socket.writableLength < this.network.bufferBytes;
  }

  /** Whether the meter lets anything pass; else whoever waits for that is woken when it does. */
  #flows(events: number, waiting: boolean): boolean {
    if (this.network.meter.pauseMs === 0) return true;
    const awaited = (this.#received.length > 0 ? POLLIN : 0) | (this.#hasRoom ? POLLOUT : 0);
    if (waiting && (events & awaited) !== 0) this.#waitForMeter();
    return false;
  }

  #waitForMeter(): undefined {
    this.#pause ??= setTimeout(() => {
      this.#pause = null;
      this.wake();
    }, this.network.meter.pauseMs);
  }

  #applyOptions(): void {
    if (this.#options.noDelay !== undefined) this.#socket?.setNoDelay(this.#options.noDelay);
    if (this.#options.keepAlive !== undefined) this.#socket?.setKeepAlive(this.#options.keepAlive);
  }
}

const NOTHING = new Uint8Array(0);

function failureOf(error: unknown): Failure {
  if (error instanceof NetworkRefusal) return { errno: "EACCES", reason: error.reason };
  if (!(error instanceof ConnectFailure)) return { errno: errnoNameOf(error) };
  // With a reason it is the program's limit, and not the system's.
  const errno = error.code === "EMFILE" && error.reason !== undefined ? "EMFILE" : errnoNameOf(error);
  return error.reason === undefined ? { errno } : { errno, reason: error.reason };
}
