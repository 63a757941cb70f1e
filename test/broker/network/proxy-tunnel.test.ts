import { describe, expect, test } from "bun:test";
import type { Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { ConnectFailure } from "../../../src/broker/network/connect-failure.ts";
import { openTunnel, type TunnelTarget } from "../../../src/broker/network/proxy-tunnel.ts";
import { closedPort, LoopbackServer, readToEnd } from "../../support/loopback.ts";
import { SELF_SIGNED } from "../../support/self-signed.ts";

const TARGET: TunnelTarget = { host: "192.0.2.1", port: 443 };
const REQUEST = "CONNECT 192.0.2.1:443 HTTP/1.1\r\nHost: 192.0.2.1:443\r\n\r\n";

/** What becomes of a tunnel through a proxy. */
async function attempt(
  proxy: string,
  target = TARGET,
  signal = new AbortController().signal,
): Promise<Socket | string> {
  try {
    return await openTunnel(new URL(proxy), target, { certificates: null, signal });
  } catch (error) {
    if (!(error instanceof ConnectFailure)) throw error;
    return `${error.code} ${error.reason ?? ""}`.trim();
  }
}

function opened(outcome: Socket | string): Socket {
  if (typeof outcome === "string") throw new Error(outcome);
  return outcome;
}

/** The request's head, once it has come. */
async function headOf(socket: Socket): Promise<string> {
  let head = "";
  const { promise, resolve } = Promise.withResolvers<void>();
  const take = (bytes: Buffer) => {
    head += bytes.toString("latin1");
    if (head.endsWith("\r\n\r\n")) resolve();
  };
  socket.on("data", take);
  await promise;
  socket.off("data", take);
  return head;
}

/** A proxy that answers every request with these pieces. */
function answering(...pieces: readonly string[]): Promise<LoopbackServer> {
  return LoopbackServer.open(async (socket) => {
    await headOf(socket);
    for (const piece of pieces) {
      socket.write(piece, "latin1");
      await Bun.sleep(5);
    }
  });
}

describe("a tunnel", () => {
  test("is asked for with the address, and carries bytes both ways, each half to its end", async () => {
    await using proxy = await LoopbackServer.open();
    const outcome = attempt(`http://127.0.0.1:${proxy.port}`);
    const far = await proxy.accept();
    expect(await headOf(far)).toBe(REQUEST);
    far.write("HTTP/1.1 200 Connection established\r\n\r\n");
    const near = opened(await outcome);
    const received = readToEnd(far);
    near.end("question");
    expect(await received).toBe("question");
    const answer = readToEnd(near);
    near.resume();
    far.end("answer");
    expect(await answer).toBe("answer");
  });

  test.each([
    [{ host: "2001:db8::1", port: 443 }, "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n"],
    [{ host: "a.example", port: 80 }, "CONNECT a.example:80 HTTP/1.1\r\nHost: a.example:80\r\n\r\n"],
  ])("to %j", async (target, expected) => {
    await using proxy = await LoopbackServer.open();
    const outcome = attempt(`http://127.0.0.1:${proxy.port}`, target);
    const far = await proxy.accept();
    expect(await headOf(far)).toBe(expected);
    far.write("HTTP/1.0 200\r\n\r\n");
    opened(await outcome).destroy();
  });

  test.each([
    ["user:secret", "dXNlcjpzZWNyZXQ="],
    ["us%40er:p%C3%A4ss", "dXNAZXI6cMOkc3M="],
    ["user", "dXNlcjo="],
    ["100%:x", "MTAwJTp4"],
    ["a%0d%0aX: 1:b", "YQ0KWDogMTpi"],
  ])("is asked for with the credentials %s", async (credentials, expected) => {
    await using proxy = await LoopbackServer.open();
    const outcome = attempt(`http://${credentials.replace("X: 1", "X%3A%201")}@127.0.0.1:${proxy.port}`);
    const far = await proxy.accept();
    expect(await headOf(far)).toBe(`${REQUEST.slice(0, -2)}Proxy-Authorization: Basic ${expected}\r\n\r\n`);
    far.write("HTTP/1.1 200 OK\r\n\r\n");
    opened(await outcome).destroy();
  });

  test("keeps what came behind the head, and what comes later", async () => {
    await using proxy = await answering("HTTP/1.1 200 OK\r\nVia: x\r\n\r\n220 rea", "dy\r\n");
    const near = opened(await attempt(`http://127.0.0.1:${proxy.port}`));
    await Bun.sleep(30);
    const text = readToEnd(near);
    near.resume();
    (await proxy.accept()).end("more");
    expect(await text).toBe("220 ready\r\nmore");
  });

  test("opens of a head that comes byte by byte", async () => {
    await using proxy = await answering(..."HTTP/1.1 200 OK\r\n\r\n!");
    const near = opened(await attempt(`http://127.0.0.1:${proxy.port}`));
    const text = readToEnd(near);
    near.resume();
    await Bun.sleep(20);
    (await proxy.accept()).end();
    expect(await text).toBe("!");
  });

  test("sends all that was written when the signal that it was opened with is aborted later", async () => {
    await using proxy = await answering("HTTP/1.1 200 OK\r\n\r\n");
    const controller = new AbortController();
    const near = opened(await attempt(`http://127.0.0.1:${proxy.port}`, TARGET, controller.signal));
    const far = await proxy.accept();
    near.write(Buffer.alloc(4 << 20, "x"));
    controller.abort();
    near.destroySoon();
    expect((await readToEnd(far)).length).toBe(4 << 20);
  });
});

describe("a tunnel through a proxy that speaks TLS", () => {
  async function secureProxy(): Promise<AsyncDisposable & { readonly port: number }> {
    const server = createTlsServer({ ...SELF_SIGNED, allowHalfOpen: true }, async (socket) => {
      socket.on("error", () => {});
      socket.write(`HTTP/1.1 200 OK\r\n\r\n${(await headOf(socket)).split("\r")[0]}\n`);
      socket.on("end", () => socket.end("bye"));
      socket.on("data", (bytes) => socket.write(bytes));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as { port: number };
    return { port, [Symbol.asyncDispose]: () => new Promise<void>((closed) => server.close(() => closed())) };
  }

  test.each(["127.0.0.1", "localhost"])("carries bytes when its certificate is one for %s", async (host) => {
    await using proxy = await secureProxy();
    const { signal } = new AbortController();
    const url = new URL(`https://${host}:${proxy.port}`);
    const near = await openTunnel(url, TARGET, { certificates: SELF_SIGNED.cert, signal });
    const text = readToEnd(near);
    near.resume();
    near.write("echo ");
    await Bun.sleep(20);
    near.end();
    expect(await text).toBe("CONNECT 192.0.2.1:443 HTTP/1.1\necho bye");
  });

  test("is refused when nobody vouches for its certificate", async () => {
    await using proxy = await secureProxy();
    expect(await attempt(`https://127.0.0.1:${proxy.port}`)).toBe(
      `DEPTH_ZERO_SELF_SIGNED_CERT the proxy 127.0.0.1:${proxy.port} cannot be reached: DEPTH_ZERO_SELF_SIGNED_CERT`,
    );
  });

  test("is refused when it speaks none", async () => {
    await using proxy = await LoopbackServer.open((socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect(await attempt(`https://127.0.0.1:${proxy.port}`)).toBe(
      `ERR_SSL_WRONG_VERSION_NUMBER the proxy 127.0.0.1:${proxy.port} cannot be reached: ERR_SSL_WRONG_VERSION_NUMBER`,
    );
  });
});

describe("a tunnel is refused", () => {
  const ANSWERS: readonly [string, readonly string[], string][] = [
    [
      "with the proxy's words",
      ["HTTP/1.1 403 Forbidden by policy\r\nX: y\r\n\r\nbody"],
      "ECONNREFUSED the proxy HOST answered 403 Forbidden by policy",
    ],
    ["without words", ["HTTP/1.1 502\r\n\r\n"], "ECONNREFUSED the proxy HOST answered 502"],
    [
      "with where credentials go",
      ["HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"],
      "ECONNREFUSED the proxy HOST answered 407 Proxy Authentication Required; HTTPS_PROXY takes a user and a password, http://user:password@host",
    ],
    [
      "with words that are safe to print, and not many",
      [`HTTP/1.1 500 \u001b[2J\u009b1mé${"long".repeat(100)}\r\n\r\n`],
      `ECONNREFUSED the proxy HOST answered 500 ?[2J?1m?${"long".repeat(22)}lon`,
    ],
    ["by what is no proxy", ["SSH-2.0-OpenSSH\r\n\r\n"], "ECONNREFUSED the proxy did not answer as one"],
    ["by another HTTP", ["HTTP/2 200 OK\r\n\r\n"], "ECONNREFUSED the proxy did not answer as one"],
    ["with a status of four digits", ["HTTP/1.1 2000\r\n\r\n"], "ECONNREFUSED the proxy did not answer as one"],
    [
      "with a head without an end",
      ["HTTP/1.1 200 OK\r\n", "x".repeat(17_000)],
      "ECONNREFUSED the proxy did not answer as one",
    ],
  ];

  test.each(ANSWERS)("%s", async (_words, pieces, expected) => {
    await using proxy = await answering(...pieces);
    expect(await attempt(`http://127.0.0.1:${proxy.port}`)).toBe(expected.replace("HOST", `127.0.0.1:${proxy.port}`));
    await proxy.left();
  });

  test("when the proxy closes the connection, gently or not", async () => {
    const acts: ((socket: Socket) => void)[] = [
      (socket) => socket.end(),
      (socket) => socket.end("HTTP/1.1 200"),
      (socket) => socket.resetAndDestroy(),
    ];
    for (const act of acts) {
      await using proxy = await LoopbackServer.open((socket) => void headOf(socket).then(() => act(socket)));
      expect(await attempt(`http://127.0.0.1:${proxy.port}`)).toBe("ECONNRESET the proxy closed the connection");
    }
  });

  test("when a proxy that was refused itself breaks off afterwards, and nothing ends of that", async () => {
    await using proxy = await LoopbackServer.open(async (socket) => {
      await headOf(socket);
      socket.write("nonsense\r\n\r\n");
      await Bun.sleep(1);
      socket.resetAndDestroy();
    });
    expect(await attempt(`http://127.0.0.1:${proxy.port}`)).toBe("ECONNREFUSED the proxy did not answer as one");
    await Bun.sleep(50);
  });

  test("when no proxy is there", async () => {
    const port = await closedPort();
    expect(await attempt(`http://127.0.0.1:${port}`)).toBe(
      `ECONNREFUSED the proxy 127.0.0.1:${port} cannot be reached`,
    );
  });

  test.each(["socks5://127.0.0.1:1080", "socks4a://127.0.0.1:1080", "ftp://127.0.0.1:1080"])("by %s", async (proxy) => {
    const scheme = proxy.split(":")[0];
    expect(await attempt(proxy)).toBe(
      `EHOSTUNREACH woma speaks to http and https proxies, and 127.0.0.1:1080 is a ${scheme} one`,
    );
  });
});

describe("a tunnel that is given up", () => {
  test("while the proxy is silent, is closed", async () => {
    await using proxy = await LoopbackServer.open();
    const controller = new AbortController();
    const outcome = attempt(`http://127.0.0.1:${proxy.port}`, TARGET, controller.signal);
    await headOf(await proxy.accept());
    controller.abort();
    expect(await outcome).toBe("ECONNABORTED");
    await proxy.left();
  });

  test("before it is begun, is not begun", async () => {
    await using proxy = await LoopbackServer.open();
    expect(await attempt(`http://127.0.0.1:${proxy.port}`, TARGET, AbortSignal.abort())).toBe("ECONNABORTED");
    await Bun.sleep(20);
    expect(proxy.arrivals).toBe(0);
  });
});
