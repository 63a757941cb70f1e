import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { ConnectFailure } from "./connect-failure.ts";

/** What a proxy is asked for: an address that has been checked, or a name that only it can look up. */
export interface TunnelTarget {
  readonly host: string;
  readonly port: number;
}

/** A connection through an HTTP proxy by CONNECT. Rejects with ConnectFailure. */
export async function openTunnel(
  proxy: URL,
  target: TunnelTarget,
  options: { readonly certificates: string | null; readonly signal: AbortSignal },
): Promise<Socket> {
  const socket = await connectToProxy(proxy, options);
  const authority = target.host.includes(":") ? `[${target.host}]:${target.port}` : `${target.host}:${target.port}`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials(proxy)}\r\n`);
  const status = await readHead(socket, options.signal);
  if (status.startsWith("2")) return socket;
  socket.destroy();
  const hint = status.startsWith("407") ? "; HTTPS_PROXY takes a user and a password, http://user:password@host" : "";
  throw new ConnectFailure("ECONNREFUSED", `the proxy ${proxy.host} answered ${status}${hint}`);
}

function connectToProxy(
  proxy: URL,
  { certificates, signal }: { readonly certificates: string | null; readonly signal: AbortSignal },
): Promise<Socket> {
  const host = proxy.hostname.replace(/^\[|\]$/g, "");
  if (proxy.protocol !== "http:" && proxy.protocol !== "https:") {
    const scheme = proxy.protocol.slice(0, -1);
    throw new ConnectFailure(
      "EHOSTUNREACH",
      `woma speaks to http and https proxies, and ${proxy.host} is a ${scheme} one`,
    );
  }
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket =
    proxy.protocol === "https:"
      ? connectTls({
          host,
          port: Number(proxy.port || 443),
          servername: host,
          ...(certificates && { ca: certificates }),
        })
      : connect({ host, port: Number(proxy.port || 80), allowHalfOpen: true });
  const fail = (error: NodeJS.ErrnoException) =>
    reject(new ConnectFailure(error.code ?? "EIO", `the proxy ${proxy.host} cannot be reached`));
  socket.once("error", fail);
  socket.once(proxy.protocol === "https:" ? "secureConnect" : "connect", () => {
    socket.off("error", fail);
    resolve(socket);
  });
  signal.addEventListener("abort", () => socket.destroy(), { once: true });
  socket.once("close", () => reject(new ConnectFailure("ECONNABORTED")));
  return promise;
}

function credentials({ username, password }: URL): string {
  if (username === "" && password === "") return "";
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Proxy-Authorization: Basic ${Buffer.from(pair).toString("base64")}\r\n`;
}

/** The answer's status, code and words; what follows the head stays in the socket. */
function readHead(socket: Socket, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let head = Buffer.alloc(0);
  const onData = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0 && head.length <= LONGEST_HEAD_BYTES) return;
    stop();
    const [, status] =
      /^HTTP\/1\.[01] (\d{3}[^\r\n]{0,100})/.exec(head.subarray(0, Math.max(end, 0)).toString("latin1")) ?? [];
    if (status === undefined) return reject(new ConnectFailure("ECONNREFUSED", "the proxy did not answer as one"));
    socket.pause();
    const rest = head.subarray(end + 4);
    if (rest.length > 0) socket.unshift(rest);
    resolve(status.trim());
  };
  const onEnd = () => {
    stop();
    reject(new ConnectFailure(signal.aborted ? "ECONNABORTED" : "ECONNRESET", "the proxy closed the connection"));
  };
  const stop = () => {
    for (const event of ["end", "close", "error"]) socket.off(event, onEnd);
    socket.off("data", onData);
  };
  for (const event of ["end", "close", "error"]) socket.on(event, onEnd);
  socket.on("data", onData);
  return promise;
}

const LONGEST_HEAD_BYTES = 16 * 1024;
