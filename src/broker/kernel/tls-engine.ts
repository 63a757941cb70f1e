import { isIP } from "node:net";
import { Duplex } from "node:stream";
import { connect, type TLSSocket } from "node:tls";
import type { TlsConnection, TlsFailure } from "../../protocol/messages.ts";
import type { TlsContext } from "./tls-context.ts";
import { verifyPeer } from "./tls-verification.ts";

export type TlsState = "handshaking" | "open" | "failed";

export interface TlsPeer {
  readonly hostname: string | null;
  /** Of an earlier connection to the same server, to resume it. */
  readonly session: Buffer | null;
}

/**
 * TLS without a transport: ciphertext goes in and comes out, and so does plaintext. What ciphertext leads to has come
 * when `receive` returns; ciphertext of a new engine, of an end, and of a second write comes a moment later, and `wake`
 * is called.
 */
export class TlsEngine {
  readonly #transport: Duplex;
  readonly #socket: TLSSocket;
  #ciphertext: Uint8Array[] = [];
  /** The answer to the peer's end. */
  #farewell: Uint8Array[] = [];
  #plaintext: Uint8Array[] = [];
  #plaintextBytes = 0;
  #state: TlsState = "handshaking";
  #failure: TlsFailure | null = null;
  #closed = false;
  #ended = false;
  #closing = false;
  #encrypting = false;
  #settling = false;
  /** The peer is not who it should be, and is sent nothing more. */
  #silenced = false;
  #keylog: string[] = [];
  #connection: TlsConnection | null = null;

  constructor(
    private readonly context: TlsContext,
    private readonly peer: TlsPeer,
    private readonly wake: () => void,
  ) {
    this.#transport = new Duplex({
      read() {},
      write: (bytes: Buffer, _encoding, done) => {
        if (!this.#silenced) this.#ciphertext.push(bytes);
        done();
        this.wake();
      },
      // The peer's close_notify: the socket answers it by its own.
      final: (done) => {
        this.#closed ||= this.#state === "open" && !this.#closing;
        done();
      },
    });
    this.#socket = this.#connect();
  }

  get state(): TlsState {
    return this.#state;
  }

  get failure(): TlsFailure | null {
    return this.#failure;
  }

  /** The peer has said that nothing more comes. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The transport has ended; without `closed`, somebody may have cut it off. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Plaintext is still being encrypted: no more is taken before that is done. */
  get encrypting(): boolean {
    return this.#encrypting;
  }

  /** Whether the last record was the peer's last is not known yet. */
  get settling(): boolean {
    return this.#settling;
  }

  get hasCiphertext(): boolean {
    return this.#ciphertext.length > 0;
  }

  get plaintextBytes(): number {
    return this.#plaintextBytes;
  }

  /**
   * Takes whole records from the start of what the peer sent, until there are `enough` bytes of plaintext or the peer has
   * closed; how many bytes that were. The rest is to be given again, with what comes after it.
   */
  receive(bytes: Uint8Array, enough: number): number {
    let at = 0;
    while (at < bytes.length && this.#takes && this.#plaintextBytes < enough) {
      const length = recordLength(bytes.subarray(at));
      if (length === 0) break;
      // The peer's answer to an end shows itself a moment later than one that comes first, and what follows is no TLS.
      // So does what the socket says of what is none: before that, an end of the transport is not looked at.
      if (this.#closing || !beginsRecord(bytes.subarray(at))) this.#settle();
      const before = this.#ciphertext.length;
      // The socket keeps what it is given; the bytes may lie in memory that changes.
      this.#guarded(() => this.#transport.push(Buffer.from(bytes.subarray(at, at + length))));
      at += length;
      // The socket answers the peer's end at once; a program does so when it ends, too.
      if (this.#closed && !this.#closing) this.#farewell = this.#ciphertext.splice(before);
    }
    return at;
  }

  /** The transport has ended: nothing more comes. */
  end(): void {
    this.#ended = true;
    if (this.#state === "handshaking") this.#fail({ kind: "ended", reason: "UNEXPECTED_EOF_WHILE_READING", code: 0 });
  }

  takeCiphertext(): Uint8Array[] {
    return this.#ciphertext.splice(0);
  }

  /** Up to so many bytes; none when there are none. */
  takePlaintext(length: number): Uint8Array {
    const whole = this.#plaintext.length === 1 ? (this.#plaintext[0] as Uint8Array) : Buffer.concat(this.#plaintext);
    const taken = whole.subarray(0, length);
    this.#plaintext = taken.length < whole.length ? [whole.subarray(taken.length)] : [];
    this.#plaintextBytes -= taken.length;
    return taken;
  }

  /** Encrypts it, once the handshake is done and while nothing else is being encrypted. */
  write(plaintext: Uint8Array): void {
    this.#encrypting = true;
    const done = () => {
      this.#encrypting = false;
      this.wake();
    };
    this.#guarded(() => this.#socket.write(Buffer.from(plaintext), done));
  }

  /** Tells the peer that nothing more comes from here. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#closed) this.#ciphertext.push(...this.#farewell);
    else this.#guarded(() => this.#socket.end());
  }

  /** What was agreed with the peer: once, after the handshake. */
  takeConnection(): TlsConnection | null {
    const connection = this.#connection;
    this.#connection = null;
    return connection;
  }

  /** The lines for a key log that have come since they were asked for last. */
  takeKeylog(): string[] {
    return this.#keylog.splice(0);
  }

  /** By which a later connection to the same server is shorter; none while the server has given none. */
  session(): Buffer | null {
    return this.#socket.getSession() ?? null;
  }

  destroy(): void {
    this.#silenced = true;
    this.#ciphertext = [];
    this.#plaintext = [];
    this.#plaintextBytes = 0;
    if (this.#state !== "failed") this.#fail({ kind: "protocol", reason: "PROTOCOL_IS_SHUTDOWN", code: 0 });
    this.#socket.destroy();
    this.#transport.destroy();
  }

  #connect(): TLSSocket {
    const { settings, secure } = this.context;
    const { hostname, session } = this.peer;
    const socket = connect({
      socket: this.#transport,
      secureContext: secure,
      // Decided below, in Python's words.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...(settings.protocols.length > 0 && { ALPNProtocols: protocolList(settings.protocols) }),
      ...(hostname !== null && isIP(hostname) === 0 && { servername: hostname }),
      ...(session !== null && { session }),
    });
    socket.on("secureConnect", () => this.#guarded(() => this.#opened()));
    socket.on("data", (bytes: Buffer) => {
      this.#plaintext.push(bytes);
      this.#plaintextBytes += bytes.length;
      this.wake();
    });
    socket.on("error", (error) => this.#fail(protocolFailure(error)));
    socket.on("end", () => {
      this.#closed ||= this.#state === "open";
      this.wake();
    });
    socket.on("close", () => {
      if (this.#state === "handshaking") this.#fail(protocolFailure({}));
      this.wake();
    });
    if (settings.keylog) socket.on("keylog", (line) => this.#keylog.push(line.toString("latin1").trimEnd()));
    return socket;
  }

  /** What node:tls throws, of whatever a peer or a program made it do, is a failure of this engine and no more. */
  #guarded(act: () => void): void {
    try {
      act();
    } catch {
      this.#silenced = true;
      this.#fail({ kind: "protocol", reason: "INTERNAL_ERROR", code: 0 });
    }
  }

  get #takes(): boolean {
    return this.#state !== "failed" && !this.#closed && !this.#settling;
  }

  #settle(): void {
    this.#settling = true;
    setImmediate(() => {
      this.#settling = false;
      this.wake();
    });
  }

  #opened(): void {
    if (this.#state !== "handshaking") return;
    const failure = verifyPeer(this.#socket, this.context.settings, this.peer.hostname);
    if (failure === null) {
      this.#state = "open";
      // Now: of a connection that is over nothing is known.
      this.#connection = connectionOf(this.#socket);
    } else {
      this.#silenced = true;
      this.#ciphertext = [];
      this.#fail(failure);
    }
    this.wake();
  }

  #fail(failure: TlsFailure): void {
    if (this.#state !== "failed") this.#failure = failure;
    this.#state = "failed";
    this.wake();
  }
}

const HEADER_BYTES = 5;
/** RFC 5246, 6.2.3. */
const LONGEST_RECORD_BYTES = 16384 + 2048;
const MOST_CERTIFICATES = 32;

/** Of the first record; 0 while it is not whole. What is none is given to the engine as it is, for its error. */
function recordLength(bytes: Uint8Array): number {
  if (bytes.length < HEADER_BYTES) return 0;
  if (!beginsRecord(bytes)) return bytes.length;
  const [, , , high = 0, low = 0] = bytes;
  const length = (high << 8) | low;
  return bytes.length < HEADER_BYTES + length ? 0 : HEADER_BYTES + length;
}

function beginsRecord([type = 0, major = 0, , high = 0, low = 0]: Uint8Array): boolean {
  return type >= 20 && type <= 24 && major === 3 && ((high << 8) | low) <= LONGEST_RECORD_BYTES;
}

function connectionOf(socket: TLSSocket): TlsConnection {
  const reused = socket.isSessionReused();
  const finished = reused ? socket.getPeerFinished() : socket.getFinished();
  return {
    version: socket.getProtocol() ?? "",
    cipher: socket.getCipher()?.name ?? "",
    protocol: typeof socket.alpnProtocol === "string" ? socket.alpnProtocol : null,
    reused,
    finished: finished?.toString("hex") ?? null,
    certificates: certificatesOf(socket),
  };
}

function certificatesOf(socket: TLSSocket): string[] {
  const found: string[] = [];
  let certificate = socket.getPeerCertificate(true);
  while (certificate?.raw !== undefined && found.length < MOST_CERTIFICATES) {
    found.push(certificate.raw.toString("base64"));
    if (certificate.issuerCertificate === certificate) break;
    certificate = certificate.issuerCertificate;
  }
  return found;
}

/** As ALPN sends it: each with its length before it. */
function protocolList(protocols: readonly string[]): Buffer {
  return Buffer.concat(protocols.flatMap((each) => [Buffer.of(each.length), Buffer.from(each, "latin1")]));
}

/** OpenSSL's name for the error, as BoringSSL has it. */
function protocolFailure(error: object): TlsFailure {
  const { reason: name, code } = error as { readonly reason?: string; readonly code?: string };
  const reason = name ?? code?.replace(/^ERR_(SSL|OSSL)_/, "") ?? "UNEXPECTED_EOF_WHILE_READING";
  const ended = reason === "ECONNRESET" || reason === "UNEXPECTED_EOF_WHILE_READING";
  return ended
    ? { kind: "ended", reason: "UNEXPECTED_EOF_WHILE_READING", code: 0 }
    : { kind: "protocol", reason, code: 0 };
}
