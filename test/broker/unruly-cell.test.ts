import { describe, expect, setDefaultTimeout, spyOn, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { History } from "../../src/broker/kernel/history.ts";
import { Neighbours } from "../../src/broker/kernel/neighbours.ts";
import type { KernelObject } from "../../src/broker/kernel/objects.ts";
import { createPipe } from "../../src/broker/kernel/pipe.ts";
import type { ProgramEnd, ProgramResources } from "../../src/broker/program.ts";
import { Session } from "../../src/broker/session.ts";
import { openLibc } from "../../src/protocol/libc.ts";
import { NO_LIMITS, NOTHING_GRANTED, REQUEST } from "../support/plain-program.ts";
import { scratchDirectory } from "../support/woma.ts";

setDefaultTimeout(60_000);

const libc = openLibc();
const imported = (path: string) => JSON.stringify(join(import.meta.dir, path));
/** What every fake cell begins with: it ignores its arguments. */
const PRELUDE = `
  import { readSync, writeSync } from "node:fs";
  import { decodeFrame, encodeFrame } from ${imported("../../src/protocol/framing.ts")};
  import { parseRequest } from ${imported("../../src/protocol/messages.ts")};
  import { mutated, randomRequest, seededRandom } from ${imported("../support/hostile-requests.ts")};
  const busy = (operation) => {
    for (;;) try { return operation(); } catch (error) { if (error.code !== "EAGAIN") throw error; Bun.sleepSync(0.2); }
  };
  const exactly = (length) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) at += busy(() => readSync(0, bytes, at, length - at, null)) || process.exit(9);
    return bytes;
  };
  const write = (bytes) => { for (let at = 0; at < bytes.length; ) at += busy(() => writeSync(1, bytes, at)); };
  const frameOf = (fields, bytes) => encodeFrame(JSON.stringify(fields), bytes);
  const receive = () => {
    const frame = decodeFrame(exactly(new DataView(exactly(4).buffer).getUint32(0, true)));
    return { ...JSON.parse(frame.json), bytes: frame.bytes };
  };
  const ask = (fields, bytes) => { write(frameOf(fields, bytes)); return receive(); };
  const stay = () => { for (;;) Bun.sleepSync(1000); };
  const exitFrame = (status) => frameOf({ op: "exit", status, signal: 0, again: false });
  const exit = (status) => { write(exitFrame(status)); stay(); };
  const HELLO = { op: "hello", restored: true, bootMs: 1 };
`;

interface Meeting {
  readonly end: ProgramEnd;
  readonly output: string;
  readonly grownBytes: number;
}

/** Runs a program in a fake cell to its end; one that has none is a failure. */
async function meet(code: string, resources: Partial<ProgramResources> = {}): Promise<Meeting> {
  const before = process.memoryUsage.rss();
  let greatestBytes = before;
  const watch = setInterval(() => {
    greatestBytes = Math.max(greatestBytes, process.memoryUsage.rss());
  }, 10);
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
  const output = new Collected();
  const { reader } = createPipe(() => session.wake());
  try {
    const running = session.run(
      { ...REQUEST, limits: { ...NO_LIMITS, maximumOpenFiles: 64 } },
      { ...NOTHING_GRANTED, streams: { 0: reader, 1: output, 2: output }, ...resources },
    );
    const end = await Promise.race([running, Bun.sleep(LONGEST_MS)]);
    if (!end) throw new Error(`the session has no end after ${LONGEST_MS / 1000} s`);
    return { end, output: output.text, grownBytes: greatestBytes - before };
  } finally {
    clearInterval(watch);
    session.end({ how: "killed", reason: "the test is over", signal: 9 });
  }
}

/** An output that takes everything at once. */
class Collected implements KernelObject {
  readonly kind = "pipe";
  text = "";

  read(): "EBADF" {
    return "EBADF";
  }

  write(bytes: Uint8Array): number {
    this.text += Buffer.from(bytes).toString();
    return bytes.length;
  }

  readiness(events: number): number {
    return events;
  }

  control(): "ENOTTY" {
    return "ENOTTY";
  }

  close(): void {}
}

/** A session that has no end by then has none. */
const LONGEST_MS = 45_000;
const LONG_MS = 10_000;
const HURRY = 100;
const GREATEST_GROWTH = 96 * 1024 * 1024;

/** Until the scope ends, deadlines of ten seconds and more come a hundred times as soon. */
function hurriedDeadlines(): Disposable {
  const { setTimeout } = globalThis;
  const hurried = (run: () => void, ms = 0) => setTimeout(run, ms >= LONG_MS ? ms / HURRY : ms);
  const spy = spyOn(globalThis, "setTimeout").mockImplementation(hurried as typeof setTimeout);
  return { [Symbol.dispose]: () => spy.mockRestore() };
}

const died = (log: string): ProgramEnd => ({ how: "died", end: { code: null, signal: "SIGKILL", log } });
const NEVER_STARTED: ProgramEnd = { how: "killed", reason: "Python did not start in 120 s", signal: 9 };
const OUT_OF_ORDER: ProgramEnd = { how: "killed", reason: "its cell sent requests out of order", signal: 9 };

describe("a cell that keeps its broker waiting is ended:", () => {
  test("one that never says hello", async () => {
    using _ = hurriedDeadlines();
    expect((await meet("stay();")).end).toEqual(NEVER_STARTED);
  });

  test.each([
    ["half a frame", "write(frameOf(HELLO).subarray(0, 20));"],
    ["half a length", "write(frameOf(HELLO).subarray(0, 3));"],
    ["half a frame after a whole one", `ask(HELLO); write(frameOf({ op: "pipe" }).subarray(0, 9));`],
    [
      "a frame of the greatest length but one byte",
      "write(Uint8Array.of(0, 0, 16, 0)); write(new Uint8Array(2 ** 20 - 1));",
    ],
  ])("one that sends %s and no more", async (_, code) => {
    using _hurry = hurriedDeadlines();
    expect((await meet(`${code} stay();`)).end).toEqual(died("\nthe cell sent half a frame and no more for 10 s"));
  });

  test("but not one that is slow to send the rest", async () => {
    using _ = hurriedDeadlines();
    const code =
      "const frame = exitFrame(7); ask(HELLO); for (const byte of frame) { write(Uint8Array.of(byte)); Bun.sleepSync(5); } stay();";
    expect((await meet(code)).end).toEqual({ how: "exited", status: 7, again: false });
  });
});

describe("a cell that speaks out of turn", () => {
  test.each([
    { op: "module", name: "private" },
    { op: "history-load" },
    { op: "terminal" },
    { op: "exit", status: 0, signal: 0, again: false },
  ])("is ended when it asks before its hello, when its wall has not been seen: $op", async (request) => {
    await using scratch = await scratchDirectory();
    writeFileSync(join(scratch.path, "private.py"), "SECRET = 1\n");
    writeFileSync(join(scratch.path, "history"), "password = 'typed at the prompt'\n");
    let terminals = 0;
    const { end } = await meet(`exit(ask(${JSON.stringify(request)}).bytes.length);`, {
      neighbours: { directory: scratch.path, modules: new Neighbours(scratch.path) },
      history: new History(join(scratch.path, "history")),
      openTerminal: () => {
        terminals += 1;
        return null;
      },
    });
    expect({ end, terminals }).toEqual({ end: OUT_OF_ORDER, terminals: 0 });
  });

  test("is ended when it says hello twice before there is a program for it", async () => {
    const command = {
      executable: process.execPath,
      leading: ["-e", `${PRELUDE} const hello = frameOf(HELLO); write(Buffer.concat([hello, hello])); stay();`],
      snapshotPath: undefined,
      confinement: "insecure",
      urgency: "urgent",
    } as const;
    const session = new Session(command, libc);
    await session.started();
    expect(await session.ended).toEqual(died("\nthe cell sent a request before the last one was answered"));
  });

  test("says nothing more to anyone once it has exited", async () => {
    const { end, output } = await meet(`
      const { streams } = ask(HELLO);
      const out = frameOf({ op: "write", handle: streams[1].handle, nonBlocking: true, windowLength: 0 }, Buffer.from("after"));
      write(Buffer.concat([exitFrame(7), out, exitFrame(8), out]));
      stay();`);
    expect({ end, output }).toEqual({ end: { how: "exited", status: 7, again: false }, output: "" });
  });
});

describe("a cell that floods its broker", () => {
  test("with what its runtime prints is answered all the same, and costs no memory", async () => {
    const { end, output, grownBytes } = await meet(`
      const { streams } = ask(HELLO);
      const noise = Buffer.alloc(65536, "x");
      for (let round = 0; round < 200; round++) {
        for (let at = 0; at < noise.length; ) at += busy(() => writeSync(2, noise, at));
        ask({ op: "write", handle: streams[1].handle, nonBlocking: true, windowLength: 0 }, Buffer.from("."));
      }
      exit(7);`);
    expect({ end, output }).toEqual({ end: { how: "exited", status: 7, again: false }, output: ".".repeat(200) });
    expect(grownBytes).toBeLessThan(GREATEST_GROWTH);
  });

  test("with a long frame, a byte at a time, costs no memory", async () => {
    const { end, grownBytes } = await meet(`
      ask(HELLO);
      const frame = frameOf({ op: "close", handle: 999 }, new Uint8Array(1_000_000));
      for (let at = 0; at < frame.length; at++) busy(() => writeSync(1, frame, at, 1));
      receive();
      exit(7);`);
    expect(end).toEqual({ how: "exited", status: 7, again: false });
    expect(grownBytes).toBeLessThan(GREATEST_GROWTH);
  });
});

test.each([1, 2, 3, 4, 5, 6])(
  "a cell that sends random requests, and then broken ones, has an end: seed %d",
  async (seed) => {
    using _ = hurriedDeadlines();
    const { end, output, grownBytes } = await meet(`
    const random = seededRandom(${seed} * 7919);
    const subjects = { handles: { file: 1, readOnlyFile: 2, reader: 3, writer: 4, plain: 5, wrapped: 6, context: 7, engine: 8 }, texts: ["/data", "/", "\\ud800", "module"] };
    const { streams } = ask(HELLO);
    // Not those that end the cell, or may wait for ever.
    const left = ["hello", "unconfined", "exit", "poll", "read", "write", "close", "timer"];
    for (let asked = 0; asked < 300; ) {
      const request = parseRequest(randomRequest(random, subjects));
      if (request === null || left.includes(request.op)) continue;
      ask(request);
      asked += 1;
    }
    ask({ op: "write", handle: streams[1].handle, nonBlocking: true, windowLength: 0 }, Buffer.from("all answered"));
    for (;;) write(mutated(encodeFrame(randomRequest(random, subjects)), random));`);
    expect(["died", "exited", "killed", "signalled"]).toContain(end.how);
    expect(output).toBe("all answered");
    expect(grownBytes).toBeLessThan(GREATEST_GROWTH);
  },
);
