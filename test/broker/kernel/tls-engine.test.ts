import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Duplex } from "node:stream";
import { createSecureContext, TLSSocket } from "node:tls";
import { TlsContext } from "../../../src/broker/kernel/tls-context.ts";
import { TlsEngine } from "../../../src/broker/kernel/tls-engine.ts";
import { type Identity, PrivateAuthority } from "../../support/certificates.ts";
import { mutated, seededRandom } from "../../support/hostile-requests.ts";

let authority: PrivateAuthority;
let identity: Identity;

beforeAll(async () => {
  authority = await PrivateAuthority.create();
  identity = authority.issue("good");
});
afterAll(() => authority[Symbol.asyncDispose]());

/** A server's end, in memory. */
class Peer {
  readonly socket: TLSSocket;
  readonly received: Buffer[] = [];
  readonly #transport: Duplex;
  #sent: Buffer[] = [];

  constructor(maxVersion: "TLSv1.2" | "TLSv1.3") {
    this.#transport = new Duplex({
      read() {},
      write: (bytes: Buffer, _encoding, done) => {
        this.#sent.push(bytes);
        done();
      },
    });
    const secureContext = createSecureContext({ ...identity, maxVersion });
    this.socket = new TLSSocket(this.#transport, { isServer: true, secureContext });
    this.socket.on("error", () => {});
    this.socket.on("data", (bytes: Buffer) => this.received.push(bytes));
  }

  give(bytes: Uint8Array): void {
    this.#transport.push(Buffer.from(bytes));
  }

  take(): Buffer {
    return Buffer.concat(this.#sent.splice(0));
  }
}

function newEngine(): TlsEngine {
  const context = TlsContext.create(
    {
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
      keylog: true,
    },
    { roots: null, onClose: () => {} },
  );
  if (!(context instanceof TlsContext)) throw new Error(context.reason);
  return new TlsEngine(context, { hostname: "localhost", session: null }, () => {});
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Takes what each has for the other across, changed on its way to the engine, so many times. */
async function carry(engine: TlsEngine, peer: Peer, times: number, change = (bytes: Buffer): Uint8Array => bytes) {
  let left: Uint8Array = new Uint8Array(0);
  for (let round = 0; round < times; round++) {
    await tick();
    peer.give(Buffer.concat(engine.takeCiphertext()));
    await tick();
    left = Buffer.concat([left, change(peer.take())]);
    left = left.subarray(engine.receive(left, 1 << 20));
  }
}

describe("an engine", () => {
  test("knows when the call returns what ciphertext led to, a thousand times", async () => {
    const engine = newEngine();
    const peer = new Peer("TLSv1.3");
    await carry(engine, peer, 4);
    expect(engine.state).toBe("open");
    for (let round = 0; round < 1000; round++) {
      peer.socket.write(`${round}`);
      await tick();
      engine.receive(peer.take(), 1 << 20);
      expect(Buffer.from(engine.takePlaintext(100)).toString()).toBe(`${round}`);
      engine.write(Buffer.from(`answer ${round}`));
      const ciphertext = engine.takeCiphertext();
      expect(ciphertext.length).toBe(1);
      peer.give(Buffer.concat(ciphertext));
      await tick();
      expect(engine.encrypting).toBe(false);
      expect(Buffer.concat(peer.received.splice(0)).toString()).toBe(`answer ${round}`);
    }
    engine.destroy();
  });

  test("tells the connection's secrets when it is to", async () => {
    const engine = newEngine();
    await carry(engine, new Peer("TLSv1.3"), 4);
    const names = engine.takeKeylog().map((line) => line.split(" ")[0]);
    expect(names).toContain("CLIENT_TRAFFIC_SECRET_0");
    expect(engine.takeKeylog()).toEqual([]);
    engine.destroy();
  });

  test("gives its answer to the peer's end when it ends itself", async () => {
    const engine = newEngine();
    const peer = new Peer("TLSv1.3");
    await carry(engine, peer, 4);
    peer.socket.end("last");
    await tick();
    engine.receive(peer.take(), 1 << 20);
    expect(Buffer.from(engine.takePlaintext(100)).toString()).toBe("last");
    expect([engine.closed, engine.hasCiphertext]).toEqual([true, false]);
    engine.close();
    expect([engine.closed, engine.hasCiphertext]).toEqual([true, true]);
    engine.destroy();
  });

  test("does no more than fail, whatever a peer makes of the handshake", async () => {
    const random = seededRandom(0x715);
    const states = new Map<string, number>();
    for (let round = 0; round < 400; round++) {
      const engine = newEngine();
      const peer = new Peer(round % 2 === 0 ? "TLSv1.2" : "TLSv1.3");
      const changed = random(4);
      let step = 0;
      await carry(engine, peer, 4, (bytes) =>
        step++ === changed && bytes.length > 0 ? mutated(bytes, random) : bytes,
      );
      if (engine.state === "open") engine.write(Buffer.from("x"));
      engine.end();
      await tick();
      states.set(engine.state, (states.get(engine.state) ?? 0) + 1);
      expect(engine.failure === null).toBe(engine.state === "open");
      engine.destroy();
    }
    expect([...states.keys()].toSorted()).toEqual(["failed", "open"]);
  });

  test("does no more than fail, whatever a peer sends after it", async () => {
    const random = seededRandom(0x716);
    for (let round = 0; round < 100; round++) {
      const engine = newEngine();
      const peer = new Peer(round % 2 === 0 ? "TLSv1.2" : "TLSv1.3");
      await carry(engine, peer, 4);
      expect(engine.state).toBe("open");
      peer.socket.write("some text");
      await tick();
      const sent = peer.take();
      for (const bytes of [mutated(sent, random), mutated(sent, random), sent]) engine.receive(bytes, 1 << 20);
      engine.takePlaintext(100);
      engine.close();
      await tick();
      engine.destroy();
      engine.receive(sent, 1 << 20);
      expect(engine.state).toBe("failed");
    }
  });

  test("leaves nothing behind", async () => {
    const before = process.memoryUsage.rss();
    for (let round = 0; round < 2000; round++) {
      const engine = newEngine();
      if (round % 20 === 0) await tick();
      engine.destroy();
    }
    await tick();
    Bun.gc(true);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024);
  });
});
