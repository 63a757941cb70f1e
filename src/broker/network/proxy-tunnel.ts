import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { joinHostPort } from "../../permissions/split-host-port.ts";
import { ConnectFailure } from "./connect-failure.ts";
import { readProxyHead } from "./proxy-head.ts";

/** What a proxy is asked for: an address that has been checked, or a name that only it can look up. */
export interface TunnelTarget {
  readonly host: string;
  readonly port: number;
}

export interface TunnelOptions {
  readonly certificates: string | null;
  readonly signal: AbortSignal;
}

/** A connection through an HTTP proxy by CONNECT. Rejects with ConnectFailure. */
export async function openTunnel(proxy: URL, target: TunnelTarget, options: TunnelOptions): Promise<Socket> {
  const { signal } = options;
  if (signal.aborted) throw new ConnectFailure("ECONNABORTED");
  const { socket, connected } = connectToProxy(proxy, options);
  // An error that nobody listens to would end the broker.
  socket.on("error", () => {});
  const abort = () => socket.destroy();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await connected;
    socket.write(connectRequest(proxy, target));
    const status = await readProxyHead(socket);
    if (!status.startsWith("2")) throw refusalOf(proxy, status);
    return socket;
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? new ConnectFailure("ECONNABORTED") : error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function connectToProxy(proxy: URL, { certificates }: TunnelOptions): { socket: Socket; connected: Promise<void> } {
  const host = proxy.hostname.replace(/^\[|\]$/g, "");
  const secure = proxy.protocol === "https:";
  if (!secure && proxy.protocol !== "http:") {
    const scheme = proxy.protocol.slice(0, -1);
    throw new ConnectFailure(
      "EHOSTUNREACH",
      `woma speaks to http and https proxies, and ${proxy.host} is a ${scheme} one`,
    );
  }
  const where = { host, port: Number(proxy.port || (secure ? 443 : 80)), allowHalfOpen: true };
  const { promise: connected, resolve, reject } = Promise.withResolvers<void>();
  const socket = secure
    ? connectTls({ ...where, servername: isAddress(host) ? "" : host, ...(certificates && { ca: certificates }) })
    : connect({ ...where, noDelay: true });
  const fail = (error?: NodeJS.ErrnoException) => {
    const code = error?.code ?? "ECONNRESET";
    const words = KNOWN_CODES.test(code) ? "" : `: ${code}`;
    reject(new ConnectFailure(code, `the proxy ${proxy.host} cannot be reached${words}`));
  };
  socket.once("error", fail);
  socket.once("close", () => fail());
  socket.once(secure ? "secureConnect" : "connect", resolve);
  return { socket, connected };
}

/** Those that have words of their own; a certificate's have not. */
const KNOWN_CODES = /^E[A-Z]+$/;

function isAddress(host: string): boolean {
  return host.includes(":") || /^[\d.]+$/.test(host);
}

function connectRequest(proxy: URL, { host, port }: TunnelTarget): string {
  const authority = joinHostPort(host, port);
  return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials(proxy)}\r\n`;
}

function credentials({ username, password }: URL): string {
  if (username === "" && password === "") return "";
  const pair = [username, password].map(decoded).join(":");
  return `Proxy-Authorization: Basic ${Buffer.from(pair).toString("base64")}\r\n`;
}

/** As it is where a percent sign stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function refusalOf(proxy: URL, status: string): ConnectFailure {
  const hint = status.startsWith("407") ? "; HTTPS_PROXY takes a user and a password, http://user:password@host" : "";
  return new ConnectFailure("ECONNREFUSED", `the proxy ${proxy.host} answered ${status}${hint}`);
}
