import http, { type Agent, type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import { isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import type { XhrNetwork } from "./xhr-network.ts";

/** What a hop does with what its agent sees. */
export interface HopHooks {
  /** Before anything is sent. */
  onRequest(request: ClientRequest): void;
  /** Before the package sees it. */
  onResponse(response: IncomingMessage): void;
  onError(error: Error): void;
  /** There was an answer, or there will be none. */
  onClose(): void;
}

/** An agent for one request, and the end of what it opened. */
export interface HopAgent extends Disposable {
  readonly agent: Agent;
}

/**
 * An agent whose connections are the program's network's. node hands it the request itself, which is how the package's
 * request and response can be taken hold of: it shows them to nobody.
 */
export function hopAgent(secure: boolean, network: XhrNetwork, hooks: HopHooks): HopAgent {
  const connections = new Connections(network);
  // No connection is kept: the package would repeat a request on a lost one without its body, and never end it.
  const agent = secure ? new https.Agent({ keepAlive: false }) : new http.Agent({ keepAlive: false });
  return { agent: Object.assign(agent, overrides()), [Symbol.dispose]: () => connections[Symbol.dispose]() };

  function overrides(): object {
    const native = (agent as unknown as { addRequest: AddRequest }).addRequest;
    const addRequest: AddRequest = (request, options) => {
      request.prependListener("response", hooks.onResponse);
      request.prependListener("error", hooks.onError);
      request.once("close", hooks.onClose);
      hooks.onRequest(request);
      native.call(agent, request, options);
    };
    const createConnection = (options: Destination, done: Connected) => {
      connections.open(secure, options).then(
        (socket) => done(null, socket),
        (error: Error) => done(error),
      );
    };
    return { addRequest, createConnection };
  }
}

type AddRequest = (request: ClientRequest, options: unknown) => void;
type Connected = (error: Error | null, socket?: Duplex) => void;

interface Destination {
  readonly host: string;
  readonly port: number | string;
}

/** Those of one request; all are gone with it, whatever has come of them. */
class Connections implements Disposable {
  readonly #over = new AbortController();
  readonly #sockets: Socket[] = [];

  constructor(private readonly network: XhrNetwork) {}

  async open(secure: boolean, { host: written, port }: Destination): Promise<Socket> {
    const host = written.replace(/^\[(.*)\]$/, "$1");
    const { signal } = this.#over;
    const socket = await this.network.connectTo(host, Number(port), signal);
    this.#sockets.push(socket);
    // An error that nobody listens to would end the broker; the request hears of it, too.
    socket.on("error", () => {});
    if (signal.aborted) socket.destroy();
    return secure ? this.#encrypt(socket, host) : socket;
  }

  async #encrypt(socket: Socket, host: string): Promise<tls.TLSSocket> {
    const { certificates } = this.network;
    const { promise, resolve, reject } = Promise.withResolvers<tls.TLSSocket>();
    const encrypted = tls.connect({
      socket,
      host,
      servername: isIP(host) === 0 ? host : "",
      ALPNProtocols: ["http/1.1"],
      ...(certificates === null ? {} : { ca: certificates }),
    });
    const closed = () => reject(Object.assign(new Error("closed during the TLS handshake"), { code: "ECONNRESET" }));
    encrypted.on("error", reject);
    encrypted.once("close", closed);
    socket.once("close", closed);
    encrypted.once("secureConnect", () => {
      encrypted.off("close", closed);
      socket.off("close", closed);
      resolve(encrypted);
    });
    this.#sockets.push(encrypted);
    return promise;
  }

  [Symbol.dispose](): void {
    this.#over.abort();
    for (const socket of this.#sockets) socket.destroy();
  }
}
