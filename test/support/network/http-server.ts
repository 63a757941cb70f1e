import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { BROKEN_ROUTES } from "./broken-routes.ts";
import type { Certificate } from "./certificates.ts";
import { serveHttp } from "./http-connection.ts";
import type { HttpExchange } from "./http-exchange.ts";
import { type Listening, listening } from "./listening.ts";
import { MESSAGE_ROUTES } from "./message-routes.ts";
import { REDIRECT_ROUTES } from "./redirect-routes.ts";
import type { Routes } from "./routes.ts";
import { TimedRoutes } from "./timed-routes.ts";

export interface TlsOptions {
  readonly certificate: Certificate;
  /** Demands a certificate that this authority signed. */
  readonly clientAuthority?: string;
}

/** A web server for what a client may meet; the routes' files say what there is. */
export class HttpServer implements AsyncDisposable {
  /** Connections accepted so far, and requests answered or being answered. */
  connections = 0;
  requests = 0;

  private constructor(
    private readonly server: Listening,
    private readonly timed: TimedRoutes,
  ) {}

  static async start(tls?: TlsOptions): Promise<HttpServer> {
    const timed = new TimedRoutes();
    const routes: Routes = { ...MESSAGE_ROUTES, ...REDIRECT_ROUTES, ...BROKEN_ROUTES, ...timed.routes };
    const accept = (socket: Socket) => {
      started.connections++;
      void serveHttp(socket, async (exchange) => {
        started.requests++;
        await answer(routes, exchange);
      });
    };
    const server = tls === undefined ? createServer(accept) : createTlsServer(tlsSettings(tls), accept);
    const started: HttpServer = new HttpServer(
      await listening(server, tls === undefined ? "connection" : "secureConnection"),
      timed,
    );
    return started;
  }

  get port(): number {
    return this.server.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.timed.end();
    await this.server[Symbol.asyncDispose]();
  }
}

function tlsSettings({ certificate, clientAuthority }: TlsOptions) {
  return {
    cert: certificate.certificate,
    key: certificate.key,
    ...(clientAuthority === undefined ? {} : { ca: clientAuthority, requestCert: true, rejectUnauthorized: true }),
  };
}

/** A route is named by the first part of the path; the others are its own. */
async function answer(routes: Routes, exchange: HttpExchange): Promise<void> {
  const [name = "", ...rest] = exchange.url.pathname.slice(1).split("/").map(decodeURIComponent);
  const route = routes[name];
  if (route === undefined) await exchange.respond({ status: 404, headers: TEXT, body: "no such route\n" });
  else await route(exchange, rest);
}

const TEXT = [["Content-Type", "text/plain"]] as const;
