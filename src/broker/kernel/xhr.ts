import type { Readable } from "node:stream";
import type { ErrnoName, Failure, XhrHead } from "../../protocol/messages.ts";
import { type Exchanged, type ExchangeRequest, exchange } from "../xhr/exchange.ts";
import { failureHead } from "../xhr/failure.ts";
import { type HeldBytes, RequestBody } from "../xhr/request-body.ts";
import type { XhrNetwork } from "../xhr/xhr-network.ts";
import { type KernelObject, POLLIN, POLLOUT } from "./objects.ts";

export interface XhrSettings {
  readonly network: XhrNetwork;
  readonly held: HeldBytes;
  readonly wake: () => void;
}

interface XhrBounds {
  readonly bodyBytes: number;
  /** From when the request is complete; 0 for none. */
  readonly timeoutMs: number;
}

/** A request under way: what is written is its body, what is read its answer, an XhrHead as a line first. */
export class Xhr implements KernelObject {
  readonly kind = "socket";
  readonly #over = new AbortController();
  readonly #body: RequestBody | null;
  readonly #settings: XhrSettings;
  #begun = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #answer: Exchanged | null = null;
  /** What can be read, before more is taken from the answer. */
  #pending: Buffer | null = null;
  #end: Failure | "end" | null = null;

  constructor(
    private readonly request: ExchangeRequest,
    private readonly bounds: XhrBounds,
    settings: XhrSettings,
  ) {
    this.#settings = settings;
    this.#body = bounds.bodyBytes === 0 ? null : new RequestBody(bounds.bodyBytes, settings.held, settings.wake);
    this.#beginWhenReady();
  }

  read(length: number): Uint8Array | Failure | undefined {
    if (length === 0) return new Uint8Array(0);
    const pending = this.#fill();
    if (pending !== null) {
      const allowed = this.#allowance(Math.min(length, pending.length));
      if (allowed === 0) return this.#failure;
      const taken = pending.subarray(0, allowed);
      this.#settings.network.meter.count(taken.length);
      this.#pending = taken.length === pending.length ? null : pending.subarray(taken.length);
      return taken;
    }
    return this.#end === "end" ? new Uint8Array(0) : this.#failure;
  }

  write(bytes: Uint8Array): number | ErrnoName | Failure | undefined {
    if (bytes.length === 0) return 0;
    if (this.#body === null || this.#body.isOver) return "EPIPE";
    if (!this.#body.isWritable) return undefined;
    const allowed = this.#allowance(bytes.length);
    if (allowed === 0) return this.#failure;
    const taken = this.#body.write(bytes.subarray(0, allowed));
    this.#settings.network.meter.count(taken);
    this.#beginWhenReady();
    return taken;
  }

  readiness(events: number): number {
    const readable = this.#fill() !== null || this.#end !== null ? events & POLLIN : 0;
    return readable | (this.#body?.isWritable === true ? events & POLLOUT : 0);
  }

  control(): ErrnoName {
    return "ENOTTY";
  }

  close(): void {
    clearTimeout(this.#pause);
    this.#finish("end");
    this.#pending = null;
  }

  get #failure(): Failure | undefined {
    return this.#end === null || this.#end === "end" ? undefined : this.#end;
  }

  #beginWhenReady(): void {
    if (this.#begun || this.#body?.isReady === false) return;
    this.#begun = true;
    const { timeoutMs } = this.bounds;
    if (timeoutMs > 0) this.#timer = setTimeout(() => this.#timeOut(), Math.min(timeoutMs, LONGEST_TIMEOUT_MS));
    const { network } = this.#settings;
    const { signal } = this.#over;
    exchange(this.request, this.#body, { network, signal }).then(
      (answer) => this.#answered(answer),
      (error: unknown) => this.#fail(failureHead(error)),
    );
  }

  #answered(answer: Exchanged): void {
    if (this.#end !== null) return answer[Symbol.dispose]();
    this.#answer = answer;
    this.#pending = lineOf(answer.head);
    const { body } = answer;
    body.on("readable", () => {
      if (this.request.rules === "program") this.#timer?.refresh();
      this.#settings.wake();
    });
    body.on("end", () => this.#finish("end"));
    body.on("error", (error: NodeJS.ErrnoException) => this.#finish(isOfDecoder(error) ? DAMAGED : CUT));
    body.on("close", () => this.#finish(CUT));
    this.#settings.wake();
  }

  /** A page's timeout is for all of the answer; a program's for as long as nothing comes. */
  #timeOut(): void {
    if (this.request.rules === "program" && this.#fill() !== null) this.#timer?.refresh();
    else if (this.#answer === null) this.#fail({ kind: "timed-out" });
    else this.#finish({ errno: "ETIMEDOUT", reason: "the answer did not come to its end in time" });
  }

  #fail(head: XhrHead): void {
    if (this.#end !== null) return;
    this.#pending = lineOf(head);
    this.#finish("end");
  }

  /** What has come is read to its end; the rest is given up. */
  #finish(how: Failure | "end"): void {
    if (this.#end !== null) return;
    this.#end = how;
    clearTimeout(this.#timer);
    this.#body?.[Symbol.dispose]();
    this.#over.abort();
    this.#answer?.[Symbol.dispose]();
    this.#settings.wake();
  }

  #fill(): Buffer | null {
    if (this.#pending === null && this.#end === null) this.#pending = take(this.#answer?.body);
    return this.#pending;
  }

  /** How much of it may pass now; whoever waits is woken when more may. */
  #allowance(wanted: number): number {
    const { meter } = this.#settings.network;
    const allowed = meter.allowance(wanted);
    if (allowed > 0) return allowed;
    if (meter.exhausted !== null) {
      this.#pending = null;
      this.#end = null;
      this.#finish({ errno: "EDQUOT", reason: meter.exhausted });
      return 0;
    }
    clearTimeout(this.#pause);
    this.#pause = setTimeout(this.#settings.wake, meter.pauseMs);
    return 0;
  }
}

const CUT: Failure = { errno: "ECONNRESET", reason: "the server closed the connection within its answer" };
const DAMAGED: Failure = { errno: "EIO", reason: "the answer cannot be decompressed" };

/** zlib's codes begin so, and brotli's. */
function isOfDecoder({ code }: NodeJS.ErrnoException): boolean {
  return /^(?:Z_|ERR__?ERROR_|ERR_BROTLI|ERR_ZLIB)/.test(code ?? "");
}

/** Longer than any program waits, and what a timer can count. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

function lineOf(head: XhrHead): Buffer {
  return Buffer.from(`${JSON.stringify(head)}\n`);
}

function take(body: Readable | undefined): Buffer | null {
  return (body?.read() as Buffer | null | undefined) ?? null;
}
