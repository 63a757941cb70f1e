import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { createPipe } from "../../src/broker/kernel/pipe.ts";
import type { Limits, ProgramEnd } from "../../src/broker/program.ts";
import { Session } from "../../src/broker/session.ts";
import { openLibc } from "../../src/protocol/libc.ts";
import { NO_LIMITS, NOTHING_GRANTED, REQUEST } from "../support/plain-program.ts";

setDefaultTimeout(60_000);

const libc = openLibc();
const FRAMING = JSON.stringify(join(import.meta.dir, "../../src/protocol/framing.ts"));
/** A fake cell says hello, waits for its Start, and then does what its code says. */
const PRELUDE = `
  import { readSync, writeSync } from "node:fs";
  import { decodeFrame, encodeFrame } from ${FRAMING};
  const busy = (operation) => {
    for (;;) try { return operation(); } catch (error) { if (error.code !== "EAGAIN") throw error; Bun.sleepSync(0.2); }
  };
  const exactly = (length) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) at += busy(() => readSync(0, bytes, at, length - at, null)) || process.exit(9);
    return bytes;
  };
  const send = (fields, bytes) => {
    const frame = encodeFrame(JSON.stringify(fields), bytes);
    for (let at = 0; at < frame.length; ) at += busy(() => writeSync(1, frame, at));
  };
  const ask = (fields, bytes) => {
    send(fields, bytes);
    const frame = decodeFrame(exactly(new DataView(exactly(4).buffer).getUint32(0, true)));
    return { ...JSON.parse(frame.json), bytes: frame.bytes };
  };
  const exit = (status, signal = 0) => { send({ op: "exit", status, signal, again: false }); for (;;) Bun.sleepSync(1000); };
  const hello = () => ask({ op: "hello", restored: true, bootMs: 1 });
`;

async function run(code: string, limits: Partial<Limits> = {}): Promise<ProgramEnd> {
  const session = new Session(
    {
      executable: process.execPath,
      leading: ["-e", PRELUDE + code],
      snapshotPath: undefined,
      confinement: "insecure",
      urgency: "urgent",
    },
    libc,
  );
  const { reader, writer } = createPipe(() => session.wake());
  const resources = { ...NOTHING_GRANTED, streams: { 0: reader, 1: writer, 2: writer } };
  try {
    const request = { ...REQUEST, limits: { ...NO_LIMITS, ...limits } };
    const end = await Promise.race([session.run(request, resources), Bun.sleep(30_000)]);
    if (!end) throw new Error("the session has no end after 30 s");
    return end;
  } finally {
    session.end({ how: "killed", reason: "the test is over", signal: 9 });
  }
}

test("a session runs one program: what that one left in the cell is never handed to a second", async () => {
  const session = new Session(
    {
      executable: process.execPath,
      leading: ["-e", `${PRELUDE} hello(); exit(0);`],
      snapshotPath: undefined,
      confinement: "insecure",
      urgency: "urgent",
    },
    libc,
  );
  const { reader, writer } = createPipe(() => session.wake());
  const resources = { ...NOTHING_GRANTED, streams: { 0: reader, 1: writer, 2: writer } };
  expect(await session.run({ ...REQUEST, limits: NO_LIMITS }, resources)).toEqual({
    how: "exited",
    status: 0,
    again: false,
  });
  expect(session.run({ ...REQUEST, limits: NO_LIMITS }, resources)).rejects.toThrow(
    "a cell runs one program and no second",
  );
});

describe("a session ends as its cell says:", () => {
  test.each([
    ["with a status", "exit(7);", { how: "exited", status: 7, again: false }],
    ["with a status of more than a byte", "exit(256 + 7);", { how: "exited", status: 7, again: false }],
    ["of a signal", "exit(0, 15);", { how: "signalled", signal: 15 }],
  ] as const)("%s", async (_, code, end) => {
    expect(await run(`hello(); ${code}`)).toEqual(end);
  });
});

describe("a session whose cell dies is told so", () => {
  test("before the program could begin", async () => {
    const end = await run(`writeSync(2, "no interpreter"); process.exit(3);`, { timeoutMs: 100 });
    expect(end).toEqual({ how: "died", end: { code: 3, signal: null, log: "no interpreter" } });
  });

  test("while the program runs", async () => {
    const end = await run(`hello(); writeSync(2, "trap"); process.exit(70);`);
    expect(end).toEqual({ how: "died", end: { code: 70, signal: null, log: "trap" } });
  });

  test("while a request of the program's waits", async () => {
    const end = await run(`
      hello(); send({ op: "poll", want: [], timeoutMs: -1 }); Bun.sleepSync(100); process.exit(70);`);
    expect(end).toMatchObject({ how: "died", end: { code: 70 } });
  });
});

describe("a session's limits hold for a cell that does not play along:", () => {
  test("one that never looks at signals is killed after its time and the grace", async () => {
    const started = performance.now();
    expect(await run("hello(); for (;;) {}", { timeoutMs: 300 })).toEqual({ how: "timed-out", timeoutMs: 300 });
    expect(performance.now() - started).toBeGreaterThan(1_250);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test("one whose request waits is answered EINTR when its time is up", async () => {
    const code = `hello(); const { errno } = ask({ op: "poll", want: [], timeoutMs: -1 }); exit(errno === "EINTR" ? 42 : 1);`;
    const started = performance.now();
    expect(await run(code, { timeoutMs: 300 })).toEqual({ how: "timed-out", timeoutMs: 300 });
    expect(performance.now() - started).toBeLessThan(1_250);
  });

  test("one that takes memory past the limit and the runtime's share is killed", async () => {
    const code = `hello(); const kept = []; for (;;) { kept.push(new Uint8Array(2 ** 24).fill(1)); Bun.sleepSync(5); }`;
    const limitBytes = 64 * 1024 * 1024;
    expect(await run(code, { memoryLimitBytes: limitBytes })).toEqual({ how: "out-of-memory", limitBytes });
  });

  test("one that opens pipes without end is refused more, and the broker is rid of them at once", async () => {
    const code = `
      hello();
      for (let count = 0; count < 20_000; count++) if ("errno" in ask({ op: "pipe" })) exit(42);
      exit(1);`;
    const started = performance.now();
    expect(await run(code)).toEqual({ how: "exited", status: 42, again: false });
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

test.each([
  [{ op: "read", handle: 99, length: 1, nonBlocking: false }, "EBADF"],
  [{ op: "write", handle: 99, nonBlocking: false, windowLength: 0 }, "EBADF"],
  [{ op: "write", handle: 2, nonBlocking: false, windowLength: 2 ** 20 + 1 }, "EINVAL"],
  [{ op: "write", handle: 2, nonBlocking: false, windowLength: Number.MAX_SAFE_INTEGER }, "EINVAL"],
  [{ op: "ioctl", handle: 99, request: 0x5401, argument: 0 }, "EBADF"],
  [{ op: "ioctl", handle: 1, request: 0x5401, argument: 0 }, "ENOTTY"],
  [{ op: "close", handle: 99 }, "EBADF"],
  [{ op: "read", handle: 1, length: 1, nonBlocking: true }, "EAGAIN"],
  [{ op: "read", handle: 2, length: 1, nonBlocking: true }, "EBADF"],
  [{ op: "index-default", url: "https://index.example/" }, "EPERM"],
  [{ op: "index-project", name: "numpy" }, "EPERM"],
  [{ op: "index-metadata", project: "numpy", file: "numpy-2.0-py3-none-any.whl" }, "EPERM"],
  [{ op: "resolution" }, "EPERM"],
])("a request that means nothing is refused: %j → %s", async (request, errno) => {
  const code = `hello(); exit(ask(${JSON.stringify(request)}).errno === ${JSON.stringify(errno)} ? 42 : 1);`;
  expect(await run(code)).toEqual({ how: "exited", status: 42, again: false });
});
