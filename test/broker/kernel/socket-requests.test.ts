import { describe, expect, test } from "bun:test";
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from "../../../src/broker/kernel/objects.ts";
import { openLibc } from "../../../src/protocol/libc.ts";
import { INLINE_BYTES, type Request } from "../../../src/protocol/messages.ts";
import { LoopbackServer, readToEnd } from "../../support/loopback.ts";
import { ScratchKernel } from "../../support/scratch-kernel.ts";
import { type ScratchNetworkOptions, scratchNetwork } from "../../support/scratch-network.ts";

const libc = openLibc();

interface Cell extends AsyncDisposable {
  readonly kernel: ScratchKernel;
  /** The reply's fields, with its bytes as `text` where it has any. */
  ask(request: Request, text?: string): Promise<unknown>;
  /** The same until it is not EAGAIN any more. */
  insist(request: Request, text?: string): Promise<unknown>;
  /** A new handle. */
  open(request: Request, name?: string): Promise<number>;
}

async function cell(options: ScratchNetworkOptions = {}): Promise<Cell> {
  if (libc === null) throw new Error("this needs the C library");
  const kernel = await ScratchKernel.open(libc, scratchNetwork({ flags: "--allow-net", ...options }).network);
  const ask = async (request: Request, text = ""): Promise<unknown> => {
    const answer = await kernel.ask(JSON.stringify(request), new TextEncoder().encode(text));
    if (typeof answer === "string") throw new Error(answer);
    const { fields, bytes } = answer;
    return bytes.length === 0 ? fields : { ...fields, text: new TextDecoder().decode(bytes) };
  };
  return {
    kernel,
    ask,
    insist: async (request, text) => {
      for (let attempt = 0; ; attempt++) {
        const reply = (await ask(request, text)) as { errno?: string };
        if (reply.errno !== "EAGAIN" || attempt > 300) return reply;
        await Bun.sleep(5);
      }
    },
    open: async (request, name = "handle") => Number(((await ask(request)) as Record<string, unknown>)[name]),
    [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
  };
}

const read = (handle: number, length = 100): Request => ({ op: "read", handle, length, nonBlocking: true });
const peek = (handle: number, length = 100): Request => ({ op: "peek", handle, length, nonBlocking: true });
const write = (handle: number): Request => ({ op: "write", handle, nonBlocking: true, windowLength: 0 });
const connect = (handle: number, port: number, address = "127.0.0.1"): Request => ({
  op: "connect",
  handle,
  address,
  port,
  nonBlocking: true,
});
const poll = (handle: number, events = POLLIN | POLLOUT): Request => ({
  op: "poll",
  want: [[handle, events]],
  timeoutMs: 0,
});

describe("a program's socket", () => {
  test("is connected, written, read, looked into, asked for its names and closed", async () => {
    await using server = await LoopbackServer.open();
    await using program = await cell();
    const handle = await program.open({ op: "socket", version: 4 });
    expect(await program.ask(poll(handle))).toEqual({ ready: [[handle, POLLOUT | POLLHUP]] });
    expect(await program.ask(connect(handle, server.port))).toEqual({ errno: "EINPROGRESS" });
    expect(await program.ask(connect(handle, server.port))).toEqual({ errno: "EALREADY" });
    const far = await server.accept();
    expect(await program.insist(write(handle), "hello")).toEqual({ written: 5 });
    expect(await program.ask({ op: "socket-error", handle })).toEqual({ error: null });
    expect(await program.ask(read(handle))).toEqual({ errno: "EAGAIN" });
    far.write("answer");
    expect(await program.insist(peek(handle, 3))).toEqual({ text: "ans" });
    expect(await program.ask(read(handle))).toEqual({ text: "answer" });
    expect(await program.ask({ op: "socket-names", handle })).toEqual({
      local: { address: "127.0.0.1", port: far.remotePort },
      peer: { address: "127.0.0.1", port: server.port },
    });
    expect(await program.ask({ op: "socket-option", handle, option: "no-delay", value: 1 })).toEqual({});
    expect(await program.ask({ op: "shutdown", handle, how: 1 })).toEqual({});
    expect(await readToEnd(far)).toBe("hello");
    expect(await program.ask({ op: "close", handle })).toEqual({});
    expect(await program.ask(read(handle))).toEqual({ errno: "EBADF" });
  });

  test("gives large pieces through the window, and shows no more than fits into a frame", async () => {
    await using server = await LoopbackServer.open((socket) => void socket.write("x".repeat(100_000)));
    await using program = await cell();
    const handle = await program.open({ op: "socket", version: 4 });
    await program.ask(connect(handle, server.port));
    await Bun.sleep(50);
    const shown = (await program.insist(peek(handle, 50_000))) as { text: string };
    expect(shown.text.length).toBe(INLINE_BYTES);
    const taken = (await program.ask(read(handle, 100_000))) as { windowLength: number };
    expect(taken.windowLength).toBeWithin(INLINE_BYTES + 1, 100_001);
    expect(program.kernel.window.subarray(0, taken.windowLength).every((byte) => byte === 120)).toBe(true);
  });

  test("is told why it may not be connected, and what became of it", async () => {
    await using program = await cell({ flags: "" });
    const handle = await program.open({ op: "socket", version: 6 });
    expect(await program.ask(connect(handle, 80, "::1"))).toEqual({
      errno: "EACCES",
      reason: "::1 is a loopback address; allow it with --allow-net='[::1]:80'",
    });
    expect(await program.ask({ op: "socket-error", handle })).toEqual({ error: null });
    for (const address of ["localhost", "", "127.1", "::1%", "1.2.3.4%lo", "[::1]", "1.2.3.4:80"])
      expect([address, await program.ask(connect(handle, 80, address))]).toEqual([address, { errno: "EINVAL" }]);
    expect(await program.ask(connect(handle, 80, "fe80::1%lo"))).toEqual({
      errno: "EACCES",
      reason: "fe80::1 is a link-local address; allow it with --allow-net='[fe80::1]:80'",
    });
  });

  test("that could not be connected says so once", async () => {
    await using program = await cell();
    const server = await LoopbackServer.open();
    await server[Symbol.asyncDispose]();
    const handle = await program.open({ op: "socket", version: 4 });
    expect(await program.ask(connect(handle, server.port))).toEqual({ errno: "EINPROGRESS" });
    await Bun.sleep(50);
    const always = POLLERR | POLLHUP;
    expect(await program.ask(poll(handle))).toEqual({ ready: [[handle, POLLIN | POLLOUT | always]] });
    expect(await program.ask({ op: "socket-error", handle })).toEqual({ error: "ECONNREFUSED" });
    expect(await program.ask({ op: "socket-error", handle })).toEqual({ error: null });
  });

  test("that waits is interrupted by a signal, and goes on", async () => {
    await using server = await LoopbackServer.open((socket) => void setTimeout(() => socket.write("late"), 20));
    await using program = await cell();
    const handle = await program.open({ op: "socket", version: 4 });
    // Whatever waits is interrupted by this kernel.
    expect(await program.ask({ ...connect(handle, server.port), nonBlocking: false } as Request)).toEqual({
      errno: "EINTR",
    });
    await server.accept();
    expect(await program.ask({ ...read(handle), nonBlocking: false } as Request)).toEqual({ errno: "EINTR" });
    expect(await program.ask({ ...peek(handle), nonBlocking: false } as Request)).toEqual({ errno: "EINTR" });
    expect(await program.insist(read(handle))).toEqual({ text: "late" });
  });
});

test("a socket pair is one as well", async () => {
  await using program = await cell();
  const { first, second } = (await program.ask({ op: "socket-pair" })) as { first: number; second: number };
  expect(await program.ask(write(first), "hello")).toEqual({ written: 5 });
  expect(await program.ask(peek(second, 2))).toEqual({ text: "he" });
  expect(await program.ask(read(second))).toEqual({ text: "hello" });
  expect(await program.ask({ op: "socket-error", handle: first })).toEqual({ error: null });
  expect(await program.ask({ op: "socket-names", handle: first })).toEqual({ local: null, peer: null });
  expect(await program.ask({ op: "socket-option", handle: first, option: "keep-alive", value: 1 })).toEqual({});
  expect(await program.ask(connect(first, 80))).toEqual({ errno: "EISCONN" });
  expect(await program.ask({ op: "shutdown", handle: first, how: 3 })).toEqual({ errno: "EINVAL" });
  expect(await program.ask({ op: "shutdown", handle: first, how: 1 })).toEqual({});
  expect(await program.ask(read(second))).toEqual({});
  expect(await program.ask({ op: "close", handle: first })).toEqual({});
  expect(await program.ask(write(second), "x")).toEqual({ errno: "EPIPE" });
});

describe("a name that is looked up", () => {
  test("is a handle, whose bytes are what was found", async () => {
    await using program = await cell({ names: { "a.example": ["93.184.216.34"] } });
    const handle = await program.open({ op: "lookup", name: "a.example", version: 0, port: null });
    expect(await program.insist(read(handle, 10))).toEqual({ text: '{"kind":"f' });
    expect(await program.ask(poll(handle))).toEqual({ ready: [[handle, POLLIN]] });
    expect(await program.ask(read(handle))).toEqual({ text: 'ound","addresses":["93.184.216.34"]}' });
    expect(await program.ask(read(handle))).toEqual({});
    expect(await program.ask(write(handle), "x")).toEqual({ errno: "EBADF" });
  });

  test("while nobody has answered, is waited for, and may be given up", async () => {
    await using program = await cell({ lookUp: () => new Promise(() => {}) });
    const handle = await program.open({ op: "lookup", name: "a.example", version: 0, port: null });
    expect([await program.ask(poll(handle)), await program.ask(read(handle))]).toEqual([
      { ready: [] },
      { errno: "EAGAIN" },
    ]);
    expect(await program.ask({ ...read(handle), nonBlocking: false } as Request)).toEqual({ errno: "EINTR" });
    expect(await program.ask({ op: "close", handle })).toEqual({});
  });

  test("by what fails, goes unanswered", async () => {
    await using program = await cell({ lookUp: () => Promise.reject(new Error("broken")) });
    const handle = await program.open({ op: "lookup", name: "a.example", version: 0, port: 443 });
    expect(await program.insist(read(handle))).toEqual({ text: '{"kind":"unanswered"}' });
  });

  test("may be refused, in words that flags are named in", async () => {
    await using program = await cell({ flags: "--deny-net" });
    const handle = await program.open({ op: "lookup", name: "a.example", version: 0, port: 443 });
    expect(await program.insist(read(handle, 1000))).toEqual({
      text: '{"kind":"refused","reason":"--deny-net leaves no network; allow it with --allow-net=a.example:443"}',
    });
  });
});

describe("what is no socket", () => {
  const requests = (handle: number): Request[] => [
    connect(handle, 80),
    peek(handle),
    { op: "socket-error", handle },
    { op: "socket-names", handle },
    { op: "socket-option", handle, option: "no-delay", value: 1 },
    { op: "shutdown", handle, how: 2 },
  ];

  test("is none of its requests'", async () => {
    await using program = await cell();
    const pipe = await program.open({ op: "pipe" }, "reader");
    const lookup = await program.open({ op: "lookup", name: "a.example", version: 0, port: null });
    for (const [handle, errno] of [
      [pipe, "ENOTSOCK"],
      [lookup, "ENOTSOCK"],
      [4000, "EBADF"],
    ] as const)
      for (const request of requests(handle))
        expect([request.op, await program.ask(request)]).toEqual([request.op, { errno }]);
  });
});
