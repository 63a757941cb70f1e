import { makeCertificates } from "./certificates.ts";
import { HttpServer } from "./http-server.ts";
import { startHttp2Server } from "./http2-server.ts";
import { REFUSED_PORT } from "./listening.ts";
import { ProxyServer } from "./proxy-server.ts";
import { startSilentServer } from "./silent-server.ts";
import { WebSocketServer } from "./websocket-server.ts";

/** What a program needs to know to find servers; the names of the ports are the programs'. */
export interface Addresses {
  readonly ports: Readonly<Record<string, number>>;
  /** PEM text of the private authority. */
  readonly authority: string;
  /** PEM text of a client's certificate and its key. */
  readonly client: string;
}

/** Every kind of web server at once, all on 127.0.0.1. */
export class WebNetwork implements AsyncDisposable {
  private constructor(
    readonly addresses: Addresses,
    private readonly servers: AsyncDisposableStack,
  ) {}

  static async start(): Promise<WebNetwork> {
    await using starting = new AsyncDisposableStack();
    const { good, wrongHost, expired, selfSigned, client, authority } = await makeCertificates();
    const port = async (server: Promise<AsyncDisposable & { readonly port: number }>) =>
      starting.use(await server).port;
    const ports = {
      http: await port(HttpServer.start()),
      https: await port(HttpServer.start({ certificate: good })),
      "https-wrong-host": await port(HttpServer.start({ certificate: wrongHost })),
      "https-expired": await port(HttpServer.start({ certificate: expired })),
      "https-self-signed": await port(HttpServer.start({ certificate: selfSigned })),
      "https-client": await port(HttpServer.start({ certificate: good, clientAuthority: authority })),
      http2: await port(startHttp2Server(good)),
      proxy: await port(ProxyServer.start()),
      "proxy-login": await port(ProxyServer.start("Ada:secret")),
      ws: await port(Promise.resolve(new WebSocketServer())),
      wss: await port(Promise.resolve(new WebSocketServer(good))),
      silent: await port(startSilentServer()),
      "ws-silent": await port(startSilentServer()),
      "ws-refused": REFUSED_PORT,
      refused: REFUSED_PORT,
    };
    const addresses = { ports, authority, client: `${client.certificate}${client.key}` };
    return new WebNetwork(addresses, starting.move());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.servers.disposeAsync();
  }
}
