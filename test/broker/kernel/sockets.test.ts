import { describe, expect, test } from "bun:test";
import type { Socket } from "node:net";
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP } from "../../../src/broker/kernel/objects.ts";
import { TcpSocket } from "../../../src/broker/kernel/sockets.ts";
import { parseAddress } from "../../../src/permissions/ip-address.ts";
import type { ErrnoName, Failure } from "../../../src/protocol/messages.ts";
import { closedPort, LoopbackServer, readToEnd } from "../../support/loopback.ts";
import { type ScratchNetworkOptions, scratchNetwork, withoutTimes } from "../../support/scratch-network.ts";

const ALL = POLLIN | POLLOUT | POLLRDHUP;
const MEGABYTE = 1 << 20;
/** Longer than a packet takes on this machine. */
const MOMENT_MS = 30;

function endpoint(port: number, text = "127.0.0.1") {
  const address = parseAddress(text);
  if (address === null) throw new Error(`no address: ${text}`);
  return { address, port };
}

/** A socket, and a way to wait until something is true of it: it must wake its waiters. */
class TestedSocket {
  readonly #waiting = new Set<() => void>();
  readonly audited: readonly string[];
  readonly socket: TcpSocket;

  constructor(options: ScratchNetworkOptions = {}) {
    const { network, audited } = scratchNetwork({ flags: "--allow-net", ...options });
    this.audited = audited;
    this.socket = new TcpSocket(network, () => {
      for (const attempt of [...this.#waiting]) attempt();
    });
  }

  /** The first answer that is one; undefined after too long. */
  async until<T>(condition: () => T | undefined): Promise<T | undefined> {
    const { promise, resolve } = Promise.withResolvers<T | undefined>();
    const attempt = () => {
      const value = condition();
      if (value !== undefined) resolve(value);
    };
    this.#waiting.add(attempt);
    attempt();
    const timer = setTimeout(() => resolve(undefined), 3000);
    const value = await promise;
    clearTimeout(timer);
    this.#waiting.delete(attempt);
    return value;
  }

  async connect(port: number): Promise<Failure | null> {
    const failure = this.socket.connect(endpoint(port));
    if (failure !== null) return failure;
    await this.until(() => (this.socket.isConnecting ? undefined : true));
    return this.socket.outcome();
  }

  receive(length = 100): Promise<string | Failure | undefined> {
    return this.until(() => shown(this.socket.read(length)));
  }

  async send(text: string | Uint8Array): Promise<void> {
    let left = typeof text === "string" ? new TextEncoder().encode(text) : text;
    while (left.length > 0) {
      const part = left;
      const written = await this.until(() => this.socket.write(part));
      if (typeof written !== "number") throw new Error(`not written: ${JSON.stringify(written)}`);
      left = left.subarray(written);
    }
  }

  /** Waits until poll(2) would say so. */
  async bits(expected: string): Promise<void> {
    await this.until(() => (bitsOf(this.socket, ALL) === expected ? true : undefined));
    expect(bitsOf(this.socket, ALL)).toBe(expected);
  }
}

function shown(taken: Uint8Array | ErrnoName | Failure | undefined): string | Failure | undefined {
  return taken instanceof Uint8Array ? `bytes: ${new TextDecoder().decode(taken)}` : taken;
}

function bitsOf(socket: TcpSocket, events: number): string {
  const found = socket.readiness(events, true);
  const names = { IN: POLLIN, OUT: POLLOUT, ERR: POLLERR, HUP: POLLHUP, RDHUP: POLLRDHUP };
  return Object.entries(names)
    .filter(([, bit]) => (found & bit) !== 0)
    .map(([name]) => name)
    .join(" ");
}

const send = (socket: TcpSocket, text: string) => socket.write(new TextEncoder().encode(text));

async function connected(
  options: ScratchNetworkOptions = {},
): Promise<AsyncDisposable & { readonly near: TestedSocket; readonly far: Socket; readonly server: LoopbackServer }> {
  const server = await LoopbackServer.open();
  const near = new TestedSocket(options);
  expect(await near.connect(server.port)).toBeNull();
  return {
    near,
    far: await server.accept(),
    server,
    [Symbol.asyncDispose]: async () => {
      near.socket.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe("a socket that is not connected", () => {
  test("is as on Linux", () => {
    const { socket } = new TestedSocket();
    expect([
      bitsOf(socket, ALL),
      bitsOf(socket, 0),
      shown(socket.read(1)),
      shown(socket.peek(1)),
      send(socket, "x"),
      socket.shutdown(2),
      socket.shutdown(3),
      socket.takeFailure(),
      socket.names(),
      socket.control(),
    ]).toEqual([
      "OUT HUP",
      "HUP",
      "ENOTCONN",
      "ENOTCONN",
      "EPIPE",
      "ENOTCONN",
      "EINVAL",
      null,
      { local: null, peer: null },
      "ENOTTY",
    ]);
    socket.close();
  });
});

describe("a connection", () => {
  test("is being made, is there, and is told of once more", async () => {
    await using server = await LoopbackServer.open();
    const near = new TestedSocket();
    const { socket } = near;
    const target = endpoint(server.port);
    expect([socket.connect(target), socket.isConnecting, socket.connect(target)]).toEqual([
      null,
      true,
      { errno: "EALREADY" },
    ]);
    expect([bitsOf(socket, ALL), shown(socket.read(1)), send(socket, "x"), socket.shutdown(1)]).toEqual([
      "",
      undefined,
      undefined,
      "ENOTCONN",
    ]);
    await near.bits("OUT");
    expect([socket.takeFailure(), socket.connect(target), socket.connect(target)]).toEqual([
      null,
      null,
      { errno: "EISCONN" },
    ]);
    socket.close();
  });

  test("that was waited for has been told of", async () => {
    await using both = await connected();
    expect(both.near.socket.connect(endpoint(both.server.port))).toEqual({ errno: "EISCONN" });
  });

  test("carries bytes both ways", async () => {
    await using both = await connected();
    const { near, far } = both;
    far.write("hello");
    await near.bits("IN OUT");
    expect([
      shown(near.socket.peek(3)),
      await near.receive(3),
      await near.receive(),
      shown(near.socket.read(1)),
    ]).toEqual(["bytes: hel", "bytes: hel", "bytes: lo", undefined]);
    const answer = readToEnd(far);
    await near.send("answer");
    expect([near.socket.write(new Uint8Array(0)), shown(near.socket.read(0))]).toEqual([0, "bytes: "]);
    near.socket.shutdown(1);
    expect(await answer).toBe("answer");
  });

  test("has the names of both ends", async () => {
    await using both = await connected();
    const { near, far, server } = both;
    expect(near.socket.names()).toEqual({
      local: { address: "127.0.0.1", port: far.remotePort ?? 0 },
      peer: { address: "127.0.0.1", port: server.port },
    });
  });

  test("keeps what was given to be sent, though its window is written again", async () => {
    await using both = await connected();
    const text = readToEnd(both.far);
    const window = new Uint8Array(300_000).fill(65);
    await both.near.send(window);
    window.fill(66);
    both.near.socket.shutdown(1);
    expect(await text).toBe("A".repeat(300_000));
  });

  test("takes its options before it is there, and after", async () => {
    await using server = await LoopbackServer.open();
    const near = new TestedSocket();
    near.socket.setOption("no-delay", 1);
    near.socket.setOption("keep-alive", 1);
    expect(await near.connect(server.port)).toBeNull();
    near.socket.setOption("no-delay", 0);
    near.socket.setOption("keep-alive", 0);
    near.socket.close();
    near.socket.setOption("keep-alive", 1);
  });
});

describe("a connection that fails", () => {
  test("is refused at once where the policy refuses it, and may be tried elsewhere", async () => {
    await using server = await LoopbackServer.open();
    const near = new TestedSocket({ flags: `--allow-net=127.0.0.1:${server.port}` });
    const { socket } = near;
    expect([socket.connect(endpoint(9)), socket.isConnecting, socket.takeFailure(), bitsOf(socket, ALL)]).toEqual([
      { errno: "EACCES", reason: "127.0.0.1 is a loopback address; allow it with --allow-net=127.0.0.1:9" },
      false,
      null,
      "OUT HUP",
    ]);
    expect(near.audited.length).toBe(1);
    // Two requests in one piece, as only a forger sends them.
    socket.connect(endpoint(9));
    expect(await near.connect(server.port)).toBeNull();
    expect([bitsOf(socket, ALL), socket.connect(endpoint(server.port))]).toEqual(["OUT", { errno: "EISCONN" }]);
    socket.close();
  });

  test("is as on Linux before and after its error is told", async () => {
    const port = await closedPort();
    await using server = await LoopbackServer.open();
    const failed = async () => {
      const near = new TestedSocket();
      expect(near.socket.connect(endpoint(port))).toBeNull();
      await near.bits("IN OUT ERR HUP RDHUP");
      return near;
    };
    const asked = await failed();
    expect([asked.socket.takeFailure(), asked.socket.takeFailure(), bitsOf(asked.socket, ALL)]).toEqual([
      { errno: "ECONNREFUSED" },
      null,
      "IN OUT HUP RDHUP",
    ]);
    expect(await asked.connect(server.port)).toBeNull();
    const read = await failed();
    expect([shown(read.socket.read(1)), shown(read.socket.read(1)), send(read.socket, "x")]).toEqual([
      { errno: "ECONNREFUSED" },
      "bytes: ",
      "EPIPE",
    ]);
    const written = await failed();
    expect([send(written.socket, "x"), send(written.socket, "x"), written.socket.shutdown(1)]).toEqual([
      { errno: "ECONNREFUSED" },
      "EPIPE",
      "ENOTCONN",
    ]);
    const again = await failed();
    expect([again.socket.connect(endpoint(port)), again.socket.connect(endpoint(port))]).toEqual([
      { errno: "ECONNREFUSED" },
      null,
    ]);
    for (const { socket } of [asked, read, written, again]) socket.close();
  });

  test("at a limit names it", async () => {
    await using server = await LoopbackServer.open();
    const { network } = scratchNetwork({ flags: "--allow-net", limits: { maximumConnections: 1 } });
    const sockets = [new TcpSocket(network, () => {}), new TcpSocket(network, () => {})];
    expect(sockets.map((socket) => socket.connect(endpoint(server.port)))).toEqual([null, null]);
    await Bun.sleep(MOMENT_MS);
    expect(sockets.map((socket) => socket.takeFailure())).toEqual([
      null,
      { errno: "EMFILE", reason: "1 connections are open; allow more with --max-connections" },
    ]);
    for (const socket of sockets) socket.close();
  });

  test("since all has been transferred that may be, says so", async () => {
    const near = new TestedSocket({ limits: { maximumTransferredBytes: 0 } });
    expect(await near.connect(9)).toEqual({
      errno: "EDQUOT",
      reason: "0 MB have been sent and received; allow more with --max-transferred",
    });
  });
});

describe("half a connection may end", () => {
  test("the peer's: what it sent is read, then its end, and bytes still go there", async () => {
    await using both = await connected();
    const { near, far } = both;
    const received = readToEnd(far);
    far.end("last");
    await near.bits("IN OUT RDHUP");
    expect([await near.receive(), await near.receive(), await near.receive()]).toEqual([
      "bytes: last",
      "bytes: ",
      "bytes: ",
    ]);
    await near.send("still ");
    await near.send("open");
    expect([near.socket.shutdown(1), bitsOf(near.socket, ALL), send(near.socket, "x")]).toEqual([
      null,
      "IN OUT HUP RDHUP",
      "EPIPE",
    ]);
    expect(await received).toBe("still open");
    expect([near.socket.shutdown(2), near.socket.names().peer, near.socket.names().local !== null]).toEqual([
      "ENOTCONN",
      null,
      true,
    ]);
  });

  test("the program's: what was written arrives, and bytes still come", async () => {
    await using both = await connected();
    const { near, far } = both;
    const received = readToEnd(far);
    await near.send("question");
    expect([
      near.socket.shutdown(1),
      near.socket.shutdown(1),
      bitsOf(near.socket, ALL),
      send(near.socket, "x"),
    ]).toEqual([null, null, "OUT", "EPIPE"]);
    expect(await received).toBe("question");
    far.end("answer");
    expect([await near.receive(), await near.receive()]).toEqual(["bytes: answer", "bytes: "]);
  });

  test("the program's reading: what has come and comes is read, then the end, and nothing is waited for", async () => {
    await using both = await connected();
    const { near, far } = both;
    expect([near.socket.shutdown(0), bitsOf(near.socket, ALL), shown(near.socket.read(1))]).toEqual([
      null,
      "IN OUT RDHUP",
      "bytes: ",
    ]);
    far.write("hello");
    await Bun.sleep(MOMENT_MS);
    expect([await near.receive(3), await near.receive(), await near.receive()]).toEqual([
      "bytes: hel",
      "bytes: lo",
      "bytes: ",
    ]);
    near.socket.shutdown(1);
    expect(bitsOf(near.socket, ALL)).toBe("IN OUT HUP RDHUP");
  });

  test("both at once", async () => {
    await using both = await connected();
    const received = readToEnd(both.far);
    await both.near.send("bye");
    expect([both.near.socket.shutdown(2), bitsOf(both.near.socket, ALL), await received]).toEqual([
      null,
      "IN OUT HUP RDHUP",
      "bye",
    ]);
  });
});

describe("a connection that is broken off", () => {
  test("gives what has come, its error once, and then ends", async () => {
    await using both = await connected();
    const { near, far } = both;
    far.write("abc");
    await near.bits("IN OUT");
    far.resetAndDestroy();
    await near.bits("IN OUT ERR HUP RDHUP");
    const { socket } = near;
    expect([
      shown(socket.read(10)),
      shown(socket.read(10)),
      bitsOf(socket, ALL),
      shown(socket.read(10)),
      send(socket, "x"),
    ]).toEqual(["bytes: abc", { errno: "ECONNRESET" }, "IN OUT HUP RDHUP", "bytes: ", "EPIPE"]);
    expect([socket.shutdown(2), socket.names().peer, socket.connect(endpoint(9))]).toEqual([
      "ENOTCONN",
      null,
      { errno: "EISCONN" },
    ]);
  });

  test("tells its error to a write, or to who asks for it", async () => {
    for (const ask of [(socket: TcpSocket) => send(socket, "x"), (socket: TcpSocket) => socket.takeFailure()]) {
      await using both = await connected();
      both.far.resetAndDestroy();
      await both.near.bits("IN OUT ERR HUP RDHUP");
      expect([ask(both.near.socket), send(both.near.socket, "x"), shown(both.near.socket.read(1))]).toEqual([
        { errno: "ECONNRESET" },
        "EPIPE",
        "bytes: ",
      ]);
    }
  });

  test("by a peer that was gone is a broken pipe to who writes, and the end to who reads", async () => {
    await using both = await connected();
    const { near, far } = both;
    far.destroy();
    await near.bits("IN OUT RDHUP");
    for (let round = 0; round < 100 && bitsOf(near.socket, ALL) === "IN OUT RDHUP"; round++) {
      near.socket.write(new Uint8Array(1));
      await Bun.sleep(5);
    }
    expect([
      bitsOf(near.socket, ALL),
      shown(near.socket.read(1)),
      send(near.socket, "x"),
      send(near.socket, "x"),
    ]).toEqual(["IN OUT ERR HUP RDHUP", "bytes: ", { errno: "EPIPE" }, "EPIPE"]);
  });
});

describe("what waits in the broker is bounded", () => {
  test("on the way to the program", async () => {
    await using both = await connected();
    const { near, far } = both;
    const sending = far.write(Buffer.alloc(64 * MEGABYTE, "x"));
    expect(sending).toBe(false);
    await Bun.sleep(300);
    // The system's own buffers hold some of it.
    expect(far.writableLength).toBeGreaterThan(0);
    let read = 0;
    let mostAtOnce = 0;
    while (read < 64 * MEGABYTE) {
      const taken = await near.until(() => near.socket.read(8 * MEGABYTE));
      if (!(taken instanceof Uint8Array)) throw new Error(`not read: ${JSON.stringify(taken)}`);
      read += taken.length;
      mostAtOnce = Math.max(mostAtOnce, taken.length);
    }
    expect([read, mostAtOnce < 2 * MEGABYTE]).toEqual([64 * MEGABYTE, true]);
  });

  test("on the way to the peer", async () => {
    await using both = await connected();
    const { near, far } = both;
    far.pause();
    let written = 0;
    for (let full = 0; full < 3; ) {
      const taken = near.socket.write(new Uint8Array(MEGABYTE));
      if (typeof taken === "number") {
        full = 0;
        written += taken;
        continue;
      }
      full += 1;
      await Bun.sleep(MOMENT_MS);
    }
    await near.bits("");
    const received = readToEnd(far);
    await near.bits("OUT");
    near.socket.shutdown(1);
    expect((await received).length).toBe(written);
  });
});

describe("close", () => {
  test("sends all that was written", async () => {
    await using both = await connected();
    const { near, far } = both;
    far.pause();
    let written = 0;
    for (
      let taken = near.socket.write(new Uint8Array(MEGABYTE));
      typeof taken === "number";
      taken = near.socket.write(new Uint8Array(MEGABYTE))
    )
      written += taken;
    near.socket.close();
    await Bun.sleep(MOMENT_MS);
    expect((await readToEnd(far)).length).toBe(written);
  });

  test("ends a connection though the peer goes on sending", async () => {
    await using both = await connected();
    const { near, far } = both;
    far.write(Buffer.alloc(8 * MEGABYTE));
    await near.bits("IN OUT");
    near.socket.close();
    await both.server.left();
  });

  test("while connecting ends that, whatever comes of it", async () => {
    await using server = await LoopbackServer.open();
    const near = new TestedSocket();
    near.socket.connect(endpoint(server.port));
    near.socket.close();
    await Bun.sleep(MOMENT_MS);
    await server.left();
    expect(withoutTimes(near.audited)).toEqual([
      `net result=ECONNABORTED address=127.0.0.1:${server.port} duration_ms=N`,
    ]);
  });

  test("at any time of a connection's life leaves nothing open", async () => {
    await using server = await LoopbackServer.open((socket) => void socket.write("x"));
    for (let round = 0; round < 60; round++) {
      const near = new TestedSocket();
      near.socket.connect(endpoint(server.port));
      if (round % 3 !== 0) await Bun.sleep(round % 7);
      near.socket.close();
      near.socket.close();
    }
    await Bun.sleep(MOMENT_MS);
    await server.left();
  });
});

describe("through a proxy", () => {
  test("the peer is who was asked for, and close sends all that was written", async () => {
    await using proxy = await LoopbackServer.open((socket) => {
      socket.once("data", () => {
        socket.pause();
        socket.write("HTTP/1.1 200 OK\r\n\r\ngreeting");
      });
    });
    const near = new TestedSocket({ flags: "", environment: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` } });
    expect(near.socket.connect(endpoint(443, "93.184.216.34"))).toBeNull();
    await near.bits("IN OUT");
    expect([near.socket.names().peer, await near.receive()]).toEqual([
      { address: "93.184.216.34", port: 443 },
      "bytes: greeting",
    ]);
    const far = await proxy.accept();
    await near.send(new Uint8Array(MEGABYTE).fill(65));
    near.socket.close();
    await Bun.sleep(MOMENT_MS);
    expect(await readToEnd(far)).toBe("A".repeat(MEGABYTE));
  });

  test("a refusal is the connection's", async () => {
    await using proxy = await LoopbackServer.open((socket) => {
      socket.once("data", () => void socket.end("HTTP/1.1 403 No\r\n\r\n"));
    });
    const near = new TestedSocket({ flags: "", environment: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` } });
    expect(near.socket.connect(endpoint(443, "93.184.216.34"))).toBeNull();
    await near.bits("IN OUT ERR HUP RDHUP");
    expect(near.socket.takeFailure()).toEqual({
      errno: "ECONNREFUSED",
      reason: `the proxy 127.0.0.1:${proxy.port} answered 403 No`,
    });
  });
});

describe("limits of what is transferred", () => {
  test("end reading and writing with their name; what came before is read", async () => {
    await using both = await connected({ limits: { maximumTransferredBytes: MEGABYTE } });
    const { near, far } = both;
    far.write(Buffer.alloc(MEGABYTE + 100));
    let read = 0;
    let last: unknown;
    while (read <= MEGABYTE) {
      const taken = await near.until(() => near.socket.read(MEGABYTE));
      if (!(taken instanceof Uint8Array)) {
        last = taken;
        break;
      }
      read += taken.length;
    }
    const failure = {
      errno: "EDQUOT",
      reason: "1 MB have been sent and received; allow more with --max-transferred",
    } as const;
    expect([read, last, send(near.socket, "x"), bitsOf(near.socket, ALL)]).toEqual([
      MEGABYTE,
      failure,
      failure,
      "IN OUT",
    ]);
  });

  test("in a second make who reads or writes wait, and poll with them", async () => {
    const perSecond = 100_000;
    await using both = await connected({ limits: { maximumBytesPerSecond: perSecond } });
    const { near, far } = both;
    const begin = performance.now();
    await near.send(new Uint8Array(perSecond));
    far.write("x");
    await Bun.sleep(5);
    expect(bitsOf(near.socket, ALL)).toBe("");
    await near.until(() => (bitsOf(near.socket, POLLOUT) === "OUT" ? true : undefined));
    await near.send(new Uint8Array(perSecond / 4));
    expect(await near.receive()).toBe("bytes: x");
    expect(performance.now() - begin).toBeWithin(200, 1500);
  });
});
