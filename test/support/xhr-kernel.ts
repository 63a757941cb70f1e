import { connect, type Socket } from "node:net";
import { HandleTable } from "../../src/broker/kernel/objects.ts";
import type { ProcessContext } from "../../src/broker/kernel/process-context.ts";
import { Waiters } from "../../src/broker/kernel/waiters.ts";
import { Xhr } from "../../src/broker/kernel/xhr.ts";
import { dispatchXhr } from "../../src/broker/kernel/xhr-requests.ts";
import { ConnectFailure } from "../../src/broker/network/connect-failure.ts";
import { NetworkRefusal } from "../../src/broker/network/network-refusal.ts";
import { TransferMeter } from "../../src/broker/network/transfer-meter.ts";
import { HeldBytes } from "../../src/broker/xhr/request-body.ts";
import type { XhrNetwork } from "../../src/broker/xhr/xhr-network.ts";
import type { Failure, RequestOf, XhrHead } from "../../src/protocol/messages.ts";
import { eventually } from "./processes.ts";

interface Surroundings {
  readonly maximumHandles?: number;
  readonly refusedHosts?: readonly string[];
  readonly certificates?: string;
  readonly limits?: { readonly maximumTransferredBytes: number };
}

type Change = Partial<Omit<RequestOf<"xhr">, "op" | "url">>;

interface Answer {
  readonly head: XhrHead;
  readonly body: string;
  readonly end: Failure | "end";
}

/** The broker's requests about HTTP on a network of this machine's own, where every other name is this machine. */
export class Kernel implements Disposable {
  /** Where connections went, refused or not. */
  readonly dialled: string[] = [];
  readonly #sockets: Socket[] = [];
  readonly #handles = new HandleTable();
  readonly #waiters = new Waiters();
  readonly #context: ProcessContext;

  constructor(private readonly surroundings: Surroundings = {}) {
    this.#handles.maximum = surroundings.maximumHandles ?? 100;
    const limits = { maximumConnections: 100, maximumTransferredBytes: null, maximumBytesPerSecond: null };
    const network: XhrNetwork = {
      connectTo: (host, port) => this.#connect(host, port),
      certificates: surroundings.certificates ?? null,
      meter: new TransferMeter({ ...limits, ...surroundings.limits }),
    };
    const context = { handles: this.#handles, waiters: this.#waiters, network, heldBodies: new HeldBytes() };
    this.#context = context as unknown as ProcessContext;
  }

  get openSockets(): number {
    return this.#sockets.filter((socket) => !socket.destroyed).length;
  }

  get receivedBytes(): number {
    return this.#sockets.reduce((sum, socket) => sum + socket.bytesRead, 0);
  }

  open(url: string, change: Change = {}): Xhr {
    const fields = this.#request({ url, ...change });
    const object = "handle" in fields ? this.#handles.get(fields.handle) : undefined;
    if (!(object instanceof Xhr)) throw new Error(JSON.stringify(fields));
    return object;
  }

  refusal(change: Change & { readonly url: string }): unknown {
    return this.#request(change);
  }

  /** The answer to a request without a body. */
  async ask(url: string, change: Change = {}): Promise<Answer> {
    const { head, body, end } = await this.answer(this.open(url, change));
    return { head, body, end };
  }

  async answer(xhr: Xhr): Promise<Answer & { readonly bytes: Buffer }> {
    const chunks: Buffer[] = [];
    for (;;) {
      const read = await this.#wait(() => xhr.read(65536));
      if (!("errno" in read) && read.length > 0) chunks.push(Buffer.from(read));
      else {
        const all = Buffer.concat(chunks);
        const line = all.indexOf("\n");
        const bytes = all.subarray(line + 1);
        const head = JSON.parse(all.subarray(0, line).toString()) as XhrHead;
        return { head, bytes, body: bytes.toString(), end: "errno" in read ? read : "end" };
      }
    }
  }

  async write(xhr: Xhr, text: string): Promise<unknown> {
    return this.#wait(() => xhr.write(Buffer.from(text)));
  }

  async writeAll(xhr: Xhr, bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length; ) {
      const taken = await this.#wait(() => xhr.write(bytes.subarray(sent)));
      if (typeof taken !== "number") throw new Error(JSON.stringify(taken));
      sent += taken;
    }
  }

  until(condition: () => boolean): Promise<void> {
    return eventually("the condition holds", condition);
  }

  closeAll(): void {
    this.#handles.closeAll();
  }

  [Symbol.dispose](): void {
    this.closeAll();
    this.#waiters.clear();
  }

  #request(change: Change & { readonly url: string }): { readonly handle: number } | Failure {
    const request: RequestOf<"xhr"> = {
      op: "xhr",
      method: "GET",
      headers: [],
      bodyBytes: 0,
      timeoutMs: 0,
      redirect: "follow",
      rules: "page",
      ...change,
    };
    let given: { readonly handle: number } | Failure | undefined;
    dispatchXhr(this.#context, request, (_op, fields) => {
      given = fields as { readonly handle: number } | Failure;
    });
    if (given === undefined) throw new Error("there was no reply");
    return given;
  }

  #wait<T>(condition: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiters.wait(
        condition,
        10_000,
        () => false,
        (value) => {
          if (value === "timeout" || value === "interrupted") reject(new Error(value as string));
          else resolve(value);
        },
      );
    });
  }

  async #connect(host: string, port: number): Promise<Socket> {
    this.dialled.push(`${host}:${port}`);
    if (this.surroundings.refusedHosts?.includes(host)) throw new NetworkRefusal(`${host} is refused (--deny-net)`);
    if (host.endsWith(".invalid")) throw new ConnectFailure("ENOTFOUND");
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    this.#sockets.push(socket);
    socket.once("connect", () => resolve(socket));
    socket.once("error", (error: NodeJS.ErrnoException) => reject(new ConnectFailure(error.code ?? "EIO")));
    return promise;
  }
}

/** The head of an answer that is like most. */
export function answered(given: Partial<Extract<XhrHead, { kind: "answered" }>>): XhrHead {
  return { kind: "answered", status: 200, statusText: "OK", url: "", redirected: false, headers: [], ...given };
}
