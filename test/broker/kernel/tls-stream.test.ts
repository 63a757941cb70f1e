import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { type AddressInfo, createServer as createPlainServer } from "node:net";
import { createServer, type TLSSocket, type TlsOptions } from "node:tls";
import { TlsContext } from "../../../src/broker/kernel/tls-context.ts";
import { TlsEngine } from "../../../src/broker/kernel/tls-engine.ts";
import type { TlsSettings } from "../../../src/broker/kernel/tls-settings.ts";
import { type TlsProgress, TlsStream } from "../../../src/broker/kernel/tls-stream.ts";
import { Waiters } from "../../../src/broker/kernel/waiters.ts";
import { type Identity, PrivateAuthority } from "../../support/certificates.ts";
import { NetObject } from "../../support/net-object.ts";

let authority: PrivateAuthority;
let good: Identity;

beforeAll(async () => {
  authority = await PrivateAuthority.create();
  good = authority.issue("good");
});
afterAll(() => authority[Symbol.asyncDispose]());

function settings(changed: Partial<TlsSettings> = {}): TlsSettings {
  return {
    defaultRoots: false,
    authorities: authority.certificate,
    certificates: null,
    key: null,
    password: null,
    ciphers: [],
    minimumVersion: "TLSv1.2",
    maximumVersion: "TLSv1.3",
    protocols: [],
    verification: "chain-and-host",
    commonNames: true,
    partialChain: false,
    keylog: false,
    ...changed,
  };
}

interface Server extends AsyncDisposable {
  readonly port: number;
}

async function serve(onConnection: (socket: TLSSocket) => void, options: TlsOptions = {}): Promise<Server> {
  const server = createServer({ ...good, ...options }, (socket) => {
    socket.on("error", () => {});
    onConnection(socket);
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: async () => void server.close() };
}

/** A stream, and waits for what it does as a request's dispatch would. */
class Client {
  private constructor(
    readonly stream: TlsStream,
    private readonly waiters: Waiters,
  ) {}

  static async connect(port: number, changed: Partial<TlsSettings> = {}, host = "localhost"): Promise<Client> {
    const waiters = new Waiters();
    const wake = () => waiters.wake();
    const context = TlsContext.create(settings(changed), { roots: null, onClose: () => {} });
    if (!(context instanceof TlsContext)) throw new Error(context.reason);
    const below = await NetObject.open(port, { pieceBytes: 20_000, wake });
    return new Client(new TlsStream(below, new TlsEngine(context, { hostname: host, session: null }, wake)), waiters);
  }

  wait<T>(step: () => T | undefined, timeoutMs = 5000): Promise<T | "timeout"> {
    return new Promise((resolve) => {
      this.waiters.wait(
        step,
        timeoutMs,
        () => false,
        (value) => resolve(value as T | "timeout"),
      );
    });
  }

  handshake(): Promise<TlsProgress | "timeout"> {
    return this.wait(() => this.stream.handshake());
  }

  async read(length = 1 << 20): Promise<string> {
    const taken = await this.wait(() => this.stream.read(length));
    return taken instanceof Uint8Array ? Buffer.from(taken).toString("latin1") : `error ${JSON.stringify(taken)}`;
  }

  async write(bytes: Uint8Array): Promise<void> {
    let left = bytes;
    while (left.length > 0) {
      const written = await this.wait(() => this.stream.write(left));
      if (typeof written !== "number") throw new Error(JSON.stringify(written));
      left = left.subarray(written);
    }
  }

  [Symbol.dispose](): void {
    this.stream.close();
  }
}

describe("a stream through TLS", () => {
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    test(`reads and writes plaintext, by ${version}`, async () => {
      await using server = await serve((socket) => socket.pipe(socket), { minVersion: version, maxVersion: version });
      using client = await Client.connect(server.port);
      expect(await client.handshake()).toBe("done");
      expect(client.stream.engine.takeConnection()).toMatchObject({ version, protocol: null, reused: false });
      await client.write(Buffer.from("hello"));
      expect(await client.read()).toBe("hello");
      expect(client.stream.readiness(5, false)).toBe(4);
    });

    test(`carries megabytes both ways, by ${version}`, async () => {
      await using server = await serve((socket) => socket.pipe(socket), { minVersion: version, maxVersion: version });
      using client = await Client.connect(server.port);
      const sent = Buffer.alloc(5_000_000, 0).map((_, index) => (index * 7 + (index >> 8)) & 0xff);
      const writing = client.write(sent);
      const received: Buffer[] = [];
      let length = 0;
      const reading = new Waiters();
      const timer = setInterval(() => reading.wake(), 1);
      while (length < sent.length) {
        const taken = await new Promise<unknown>((resolve) =>
          reading.wait(
            () => client.stream.read(1 << 20),
            5000,
            () => false,
            resolve,
          ),
        );
        if (!(taken instanceof Uint8Array)) throw new Error(String(taken));
        received.push(Buffer.from(taken));
        length += taken.length;
      }
      clearInterval(timer);
      await writing;
      expect(Bun.hash(Buffer.concat(received))).toBe(Bun.hash(sent));
    });
  }

  test("makes the handshake when it is first read", async () => {
    await using server = await serve((socket) => socket.end("bye"));
    using client = await Client.connect(server.port);
    expect(await client.read()).toBe("bye");
    expect(await client.read()).toBe("");
    expect(client.stream.engine.closed).toBe(true);
  });

  const FAILURES: readonly [string, () => Partial<TlsSettings>, string, object][] = [
    ["no such authority", () => ({ authorities: "" }), "localhost", { kind: "verification", code: 20 }],
    [
      "another host",
      () => ({}),
      "other.test",
      { kind: "verification", code: 62, reason: "Hostname mismatch, certificate is not valid for 'other.test'." },
    ],
    [
      "another address",
      () => ({}),
      "127.0.0.2",
      { kind: "verification", code: 64, reason: "IP address mismatch, certificate is not valid for '127.0.0.2'." },
    ],
  ];
  for (const [what, changed, host, failure] of FAILURES) {
    test(`fails for ${what}, and sends nothing more`, async () => {
      let greeted = false;
      await using server = await serve(() => (greeted = true));
      using client = await Client.connect(server.port, changed(), host);
      expect(await client.handshake()).toBe("failed");
      expect(client.stream.engine.failure).toMatchObject(failure);
      expect(client.stream.read(10)).toBe("EIO");
      await Bun.sleep(20);
      expect(greeted).toBe(false);
    });
  }

  test("needs no right certificate when none is wanted", async () => {
    await using server = await serve((socket) => socket.end("hi"));
    using client = await Client.connect(server.port, { authorities: "", verification: "none" }, "other.test");
    expect(await client.read()).toBe("hi");
  });

  test("tells a connection that was cut from one that was closed", async () => {
    await using server = await serve((socket) => socket.write("part"));
    const sockets: import("node:net").Socket[] = [];
    const relay = createPlainServer((near) => {
      const far = require("node:net").connect(server.port, "127.0.0.1");
      near.pipe(far);
      far.on("data", (bytes: Buffer) => near.write(bytes));
      sockets.push(near);
    });
    relay.listen(0, "127.0.0.1");
    await once(relay, "listening");
    using client = await Client.connect((relay.address() as AddressInfo).port);
    expect(await client.read()).toBe("part");
    for (const socket of sockets) socket.end();
    expect(await client.read()).toBe("");
    expect(client.stream.engine).toMatchObject({ closed: false, ended: true, failure: null });
    relay.close();
  });

  test("fails when the peer speaks no TLS", async () => {
    const plain = createPlainServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    plain.listen(0, "127.0.0.1");
    await once(plain, "listening");
    using client = await Client.connect((plain.address() as AddressInfo).port);
    expect(await client.handshake()).toBe("failed");
    expect(client.stream.engine.failure).toEqual({ kind: "protocol", reason: "WRONG_VERSION_NUMBER", code: 0 });
    plain.close();
  });

  test("fails when the peer ends before it has begun", async () => {
    const plain = createPlainServer((socket) => socket.end());
    plain.listen(0, "127.0.0.1");
    await once(plain, "listening");
    using client = await Client.connect((plain.address() as AddressInfo).port);
    expect(await client.handshake()).toBe("failed");
    expect(client.stream.engine.failure).toEqual({ kind: "ended", reason: "UNEXPECTED_EOF_WHILE_READING", code: 0 });
    plain.close();
  });

  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    test(`ends, and leaves what comes after it unread, by ${version}`, async () => {
      await using server = await serve((socket) => socket.on("end", () => socket.end()), {
        minVersion: version,
        maxVersion: version,
      });
      const relay = createPlainServer((near) => {
        const far = require("node:net").connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
        near.pipe(far);
        far.on("data", (bytes: Buffer) => near.write(bytes));
        far.on("end", () => near.write("plain"));
      });
      relay.listen(0, "127.0.0.1");
      await once(relay, "listening");
      using client = await Client.connect((relay.address() as AddressInfo).port);
      expect(await client.handshake()).toBe("done");
      expect(await client.wait(() => client.stream.finish())).toBe("done");
      const below = client.stream.release();
      const rest = await client.wait(() => below.read(100));
      expect(Buffer.from(rest as Uint8Array).toString()).toBe("plain");
      relay.close();
    });
  }

  test("a hundred handshakes in a row, each whole", async () => {
    await using server = await serve((socket) => socket.end("one"));
    for (let count = 0; count < 100; count++) {
      using client = await Client.connect(server.port);
      expect(await client.handshake()).toBe("done");
      expect(await client.read()).toBe("one");
    }
  });
});
