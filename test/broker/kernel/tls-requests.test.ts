import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:tls";

import { type Libc, openLibc } from "../../../src/protocol/libc.ts";
import type { TlsStatus } from "../../../src/protocol/messages.ts";
import { PrivateAuthority } from "../../support/certificates.ts";
import { NetObject } from "../../support/net-object.ts";
import { MAXIMUM_OPEN_FILES, ScratchKernel } from "../../support/scratch-kernel.ts";

let authority: PrivateAuthority;
let server: Server;
let port: number;
let kernel: ScratchKernel;

beforeAll(async () => {
  authority = await PrivateAuthority.create();
  server = createServer({ ...authority.issue("good"), ALPNProtocols: ["echo"] }, (socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.close();
  await authority[Symbol.asyncDispose]();
});

beforeEach(async () => {
  kernel = await ScratchKernel.open(libcOfLinux());
});
afterEach(() => kernel[Symbol.asyncDispose]());

type Fields = Record<string, unknown>;

/** One request; its reply's fields, and its bytes. */
async function ask(request: Fields, bytes: Uint8Array | string = ""): Promise<Fields> {
  const given = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
  const answer = await kernel.askPatiently(JSON.stringify(request), given);
  return { ...answer.fields, ...(answer.bytes.length > 0 && { bytes: answer.bytes }) };
}

function settings(changed: Fields = {}): string {
  return JSON.stringify({
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
  });
}

async function context(changed: Fields = {}): Promise<number> {
  return (await ask({ op: "tls-context", last: true }, settings(changed)))["context"] as number;
}

async function connection(): Promise<number> {
  return kernel.handles.open(await NetObject.open(port, { pieceBytes: 20_000, wake: () => kernel.waiters.wake() }));
}

describe("a program's TLS contexts", () => {
  test("come in pieces", async () => {
    const whole = settings();
    expect(await ask({ op: "tls-context", last: false }, whole.slice(0, 100))).toEqual({});
    expect(await ask({ op: "tls-context", last: true }, whole.slice(100))).toEqual({ context: expect.any(Number) });
  });

  const FAULTY: readonly [string, string][] = [
    ["no JSON", "{"],
    ["null", "null"],
    ["a list", "[]"],
    ["no settings", "{}"],
    ["one more", settingsWith({ more: 1 })],
    ["a version that there is not", settingsWith({ minimumVersion: "SSLv3" })],
    ["a protocol that is too long", settingsWith({ protocols: ["x".repeat(256)] })],
    ["a protocol without a letter", settingsWith({ protocols: [""] })],
    ["more protocols than a ClientHello holds", settingsWith({ protocols: Array(1000).fill("abcdefgh") })],
    ["a password of a book's length", settingsWith({ password: "x".repeat(5000) })],
    ["ciphers that are a language", settingsWith({ ciphers: ["ALL:!aNULL"] })],
    ["a number for certificates", settingsWith({ authorities: 5 })],
  ];
  for (const [what, json] of FAULTY) {
    test(`are refused when they are ${what}`, async () => {
      expect(await ask({ op: "tls-context", last: true }, json)).toEqual({ errno: "EINVAL" });
      expect(await context()).toBeNumber();
    });
  }

  test("are refused when they are too long, and the next are not", async () => {
    const piece = Buffer.alloc(1024 * 1024, " ");
    for (let count = 0; count < 5; count++) expect(await ask({ op: "tls-context", last: false }, piece)).toEqual({});
    expect(await ask({ op: "tls-context", last: true }, piece)).toEqual({
      errno: "ENOMEM",
      reason: "certificates may have 4 MB",
    });
    expect(await context()).toBeNumber();
  });

  test("hold no more than so much together", async () => {
    const authorities = `${authority.certificate}${" ".repeat(3_900_000)}`;
    const made: number[] = [];
    for (;;) {
      const reply = await ask({ op: "tls-context", last: true }, settings({ authorities }));
      if (reply["context"] === undefined) {
        expect(reply).toEqual({ errno: "ENOMEM", reason: "certificates of all contexts may have 32 MB" });
        break;
      }
      made.push(reply["context"] as number);
    }
    expect(made.length).toBe(8);
    expect(await ask({ op: "close", handle: made[0] })).toEqual({});
    expect(await ask({ op: "tls-context", last: true }, settings({ authorities }))).toEqual({
      context: expect.any(Number),
    });
  });

  test("count as open files", async () => {
    for (let count = 0; count < MAXIMUM_OPEN_FILES; count++) await context();
    expect(await ask({ op: "tls-context", last: true }, settings())).toMatchObject({ errno: "EMFILE" });
  });

  const UNREADABLE: readonly [string, () => Fields, string][] = [
    ["certificates that are none", () => ({ authorities: "garbage" }), "ERR_BORINGSSL"],
    ["a broken certificate", () => ({ certificates: BROKEN, key: BROKEN }), "DECODE_ERROR"],
    ["a key that is none", () => ({ certificates: authority.issue("own").cert, key: "x" }), "NO_START_LINE"],
    [
      "another's key",
      () => ({ certificates: authority.issue("own").cert, key: authority.issue("other").key }),
      "KEY_VALUES_MISMATCH",
    ],
    ["ciphers that there are not", () => ({ ciphers: ["DHE-NULL"] }), "NO_CIPHER_MATCH"],
  ];
  for (const [what, changed, reason] of UNREADABLE) {
    test(`say what is wrong with ${what}`, async () => {
      const reply = await ask({ op: "tls-context", last: true }, settings(changed()));
      expect(reply).toEqual({ failure: { kind: "settings", code: 0, reason } });
    });
  }
});

describe("TLS on a connection", () => {
  test("begins, makes its handshake and carries plaintext", async () => {
    const handle = await connection();
    const start = {
      op: "tls-start",
      handle,
      context: await context({ protocols: ["echo"] }),
      hostname: "localhost",
      session: 0,
    };
    expect(await ask(start)).toEqual({});
    expect(await ask({ op: "tls-handshake", handle, timeoutMs: 5000 })).toEqual({
      state: "open",
      closed: false,
      ended: false,
      sending: false,
      pending: 0,
      failure: null,
      connection: {
        version: "TLSv1.3",
        cipher: expect.stringMatching(/^TLS_/),
        protocol: "echo",
        reused: false,
        finished: null,
        certificates: [expect.any(String), expect.any(String)],
      },
      keylog: [],
    });
    expect(await ask({ op: "write", handle, nonBlocking: false, windowLength: 0 }, "hello")).toEqual({ written: 5 });
    const read = await ask({ op: "read", handle, length: 100, nonBlocking: false });
    expect(Buffer.from(read["bytes"] as Uint8Array).toString()).toBe("hello");
    expect(await ask(start)).toEqual({ errno: "EINVAL" });
  });

  test("is told how far it is when it must not wait", async () => {
    const handle = await connection();
    await ask({ op: "tls-start", handle, context: await context(), hostname: "localhost", session: 0 });
    expect(await ask({ op: "tls-handshake", handle, timeoutMs: 0 })).toMatchObject({
      state: "handshaking",
      connection: null,
    });
  });

  test("is refused where there is none, or with a context that is none", async () => {
    const { handles } = kernel.subjects();
    const hostname = "localhost";
    const made = await context();
    const handle = await connection();
    const refusals = [
      { op: "tls-start", handle: handles.reader, context: made, hostname, session: 0 },
      { op: "tls-start", handle: 9999, context: made, hostname, session: 0 },
      { op: "tls-start", handle, context: handles.file, hostname, session: 0 },
      { op: "tls-start", handle, context: made, hostname, session: handles.file },
      { op: "tls-start", handle: made, context: made, hostname, session: 0 },
      { op: "tls-handshake", handle, timeoutMs: 0 },
      { op: "tls-finish", handle: 9999, timeoutMs: 0 },
      { op: "tls-abandon", handle },
      { op: "tls-status", handle: made },
      { op: "tls-session", handle: made },
      { op: "tls-exchange", handle, ciphertextLength: 0, ended: false, close: false },
      { op: "read", handle: made, length: 10, nonBlocking: true },
      { op: "write", handle: made, nonBlocking: true, windowLength: 0 },
    ];
    const replies = await Promise.all(refusals.map((request) => ask(request)));
    expect(replies.map(({ errno }) => errno)).toEqual([
      ...["EINVAL", "EBADF", "EBADF", "EBADF", "EINVAL", "EINVAL", "EBADF", "EINVAL", "EINVAL"],
      ...["EBADF", "EBADF", "EBADF", "EBADF"],
    ]);
  });

  test("takes whatever name it is given", async () => {
    const made = await context();
    for (const hostname of ["", ".", "a".repeat(4000), "é", "1.2.3.4", "::1", "[::1]", "*", "a b", "fe80::1%lo"]) {
      const handle = await connection();
      expect(await ask({ op: "tls-start", handle, context: made, hostname, session: 0 })).toEqual({});
      expect(await ask({ op: "tls-handshake", handle, timeoutMs: 5000 })).toMatchObject({ state: "failed" });
      expect(await ask({ op: "close", handle })).toEqual({});
    }
  });

  test("is left as it was before when it is abandoned", async () => {
    const handle = await connection();
    const before = kernel.handles.get(handle);
    await ask({ op: "tls-start", handle, context: await context(), hostname: "localhost", session: 0 });
    expect(await ask({ op: "tls-abandon", handle })).toEqual({});
    expect(kernel.handles.get(handle)).toBe(before as NonNullable<typeof before>);
  });
});

describe("TLS between two buffers", () => {
  const step = { op: "tls-exchange", ciphertextLength: 0, ended: false, close: false };

  async function engine(): Promise<number> {
    const reply = await ask({ op: "tls-engine", context: await context(), hostname: "localhost", session: 0 });
    return reply["engine"] as number;
  }

  test("says its hello at the first step", async () => {
    const reply = await ask({ ...step, handle: await engine() });
    expect(reply).toMatchObject({ state: "handshaking", consumed: 0, written: 0 });
    expect((reply["bytes"] as Uint8Array)[0]).toBe(22);
    expect((reply["bytes"] as Uint8Array).length).toBe(reply["ciphertextLength"] as number);
  });

  test("takes whole records only, and fails of what is none", async () => {
    const handle = await engine();
    const half = await ask({ ...step, handle, ciphertextLength: 5 }, "\x16\x03\x03\x01\x00");
    expect(half).toMatchObject({ state: "handshaking", consumed: 0 });
    const plain = await ask({ ...step, handle, ciphertextLength: 12 }, "HTTP/1.1 400");
    expect(plain).toMatchObject({ state: "failed", failure: { reason: "WRONG_VERSION_NUMBER" } });
    expect(await ask({ ...step, handle, ciphertextLength: 12 }, "HTTP/1.1 400")).toMatchObject({
      state: "failed",
      consumed: 0,
    });
  });

  test("fails of an end before there was a beginning", async () => {
    const reply = await ask({ ...step, handle: await engine(), ended: true });
    expect(reply as unknown as TlsStatus).toMatchObject({ state: "failed", ended: true, failure: { kind: "ended" } });
  });

  test("refuses more ciphertext than there are bytes, and a step after its end", async () => {
    const handle = await engine();
    expect(await ask({ ...step, handle, ciphertextLength: 5 }, "1234")).toEqual({ errno: "EINVAL" });
    expect(await ask({ op: "close", handle })).toEqual({});
    expect(await ask({ ...step, handle })).toEqual({ errno: "EBADF" });
  });

  test("counts as an open file", async () => {
    const made = await context();
    const request = { op: "tls-engine", context: made, hostname: "localhost", session: 0 };
    for (let count = 1; count < MAXIMUM_OPEN_FILES; count++) expect(await ask(request)).toHaveProperty("engine");
    expect(await ask(request)).toMatchObject({ errno: "EMFILE" });
  });
});

const BROKEN = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

/** For cases that are listed before there is an authority. */
function settingsWith(changed: Fields): string {
  return JSON.stringify({
    defaultRoots: false,
    authorities: "",
    certificates: null,
    key: null,
    password: null,
    ciphers: [],
    minimumVersion: "TLSv1.2",
    maximumVersion: "TLSv1.3",
    protocols: [],
    verification: "chain",
    commonNames: true,
    partialChain: false,
    keylog: false,
    ...changed,
  });
}

function libcOfLinux(): Libc {
  const libc = openLibc();
  if (libc === null) throw new Error("these tests need Linux");
  return libc;
}
