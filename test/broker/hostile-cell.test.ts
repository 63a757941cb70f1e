import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { type CellEnd, CellProcess, type RequestHandler } from "../../src/broker/cell-process.ts";
import { openLibc } from "../../src/protocol/libc.ts";
import type { Request } from "../../src/protocol/messages.ts";
import { isRunning } from "../support/processes.ts";

setDefaultTimeout(60_000);

const libc = openLibc();
const FRAMING = JSON.stringify(join(import.meta.dir, "../../src/protocol/framing.ts"));
/** What every fake cell begins with: it ignores its arguments. */
const PRELUDE = `
  import { closeSync, writeSync } from "node:fs";
  import { encodeFrame } from ${FRAMING};
  const write = (bytes) => {
    for (let at = 0; at < bytes.length; )
      try { at += writeSync(1, bytes, at); } catch (error) { if (error.code !== "EAGAIN") throw error; Bun.sleepSync(1); }
  };
  const request = (fields, bytes) => write(encodeFrame(typeof fields === "string" ? fields : JSON.stringify(fields), bytes));
  const linger = () => setInterval(() => {}, 1000);
`;

interface Meeting {
  readonly end: CellEnd;
  readonly requests: readonly Request[];
  readonly grownBytes: number;
}

/** Runs a fake cell to its end; one that is neither ended nor killed by the broker is a failure. */
async function meet(code: string, answer: (cell: CellProcess, request: Request) => void = () => {}): Promise<Meeting> {
  const requests: Request[] = [];
  let greatestBytes = 0;
  const before = process.memoryUsage.rss();
  const onRequest: RequestHandler = (request) => {
    if (requests.length < 1000) requests.push(request);
    answer(cell, request);
  };
  const command = {
    executable: process.execPath,
    leading: ["-e", PRELUDE + code],
    snapshotPath: undefined,
    confinement: "insecure",
    urgency: "urgent",
  } as const;
  const cell = new CellProcess(command, libc, onRequest);
  const watch = setInterval(() => {
    greatestBytes = Math.max(greatestBytes, process.memoryUsage.rss());
  }, 10);
  try {
    const end = await Promise.race([cell.ended, Bun.sleep(20_000)]);
    if (!end) throw new Error("the cell is still there after 20 s");
    expect(cell.pid !== undefined && isRunning(cell.pid)).toBe(false);
    return { end, requests, grownBytes: Math.max(greatestBytes - before, 0) };
  } finally {
    clearInterval(watch);
    cell.kill();
  }
}

const killed = (log: string): CellEnd => ({ code: null, signal: "SIGKILL", log });

describe("a cell that sends what is no request is killed, and the reason kept:", () => {
  test.each([
    ["garbage", `write(Buffer.alloc(4096, "garbage "));`, "a frame of 1651663207 bytes, above 1114112"],
    ["a huge length", `write(Uint8Array.of(255, 255, 255, 255, 0));`, "a frame of 4294967295 bytes, above 1114112"],
    ["lengths that disagree", `write(Uint8Array.of(4, 0, 0, 0, 9, 0, 0, 0));`, "a frame whose lengths disagree"],
    ["an empty frame", `write(new Uint8Array(4));`, "a frame whose lengths disagree"],
    ["an unknown op", `request({ op: "fork" });`, "a request of no known shape"],
    ["no JSON", `request("{");`, "a request of no known shape"],
    ["an extra field", `request({ op: "pipe", more: 1 });`, "a request of no known shape"],
    ["a deep nest", `request("[".repeat(1_000_000));`, "a request of no known shape"],
  ])("%s", async (_, code, reason) => {
    const { end, requests } = await meet(`${code} linger();`);
    expect(end).toEqual(killed(`\nthe cell sent ${reason}`));
    expect(requests).toEqual([]);
  });

  test("a known request first, then garbage, and what follows is not looked at", async () => {
    const { end, requests } = await meet(
      `request({ op: "pipe" }); write(new Uint8Array(4)); request({ op: "pipe" }); linger();`,
      (cell) => cell.reply({}),
    );
    expect(end).toEqual(killed("\nthe cell sent a frame whose lengths disagree"));
    expect(requests).toEqual([{ op: "pipe" }]);
  });
});

describe("a cell that keeps to the shapes and not to the rules", () => {
  const GREATEST_GROWTH = 96 * 1024 * 1024;

  test("is killed when it floods the broker with requests and reads no reply", async () => {
    const flood = `const frame = encodeFrame('{"op":"pipe"}'); const many = Buffer.concat(Array(4096).fill(frame));`;
    const { end, grownBytes } = await meet(`${flood} for (;;) write(many);`, (cell) =>
      cell.reply({ reader: 1, writer: 2 }, new Uint8Array(16 * 1024)),
    );
    expect(end).toEqual(killed("\nthe cell sent requests without reading the replies"));
    expect(grownBytes).toBeLessThan(GREATEST_GROWTH);
  });

  test("is killed when it asks again before it has been answered", async () => {
    const flood = `const frame = encodeFrame('{"op":"poll","want":[],"timeoutMs":-1}');`;
    const { end, requests } = await meet(`${flood} write(Buffer.concat([frame, frame, frame])); linger();`);
    expect(end).toEqual(killed("\nthe cell sent a request before the last one was answered"));
    expect(requests).toHaveLength(1);
  });

  test("is killed when it closes its standard output and lives on", async () => {
    const { end } = await meet(`closeSync(1); linger();`);
    expect(end).toEqual(killed("\nthe cell closed its output"));
  });

  test("costs no memory when it announces a large frame and never completes it", async () => {
    const { end, grownBytes } = await meet(`
      write(Uint8Array.of(0, 0, 16, 0)); write(new Uint8Array(1_000_000)); process.exit(3);`);
    expect(end).toEqual({ code: 3, signal: null, log: "" });
    expect(grownBytes).toBeLessThan(GREATEST_GROWTH);
  });

  test("fills no more than its share of the log", async () => {
    const { end, grownBytes } = await meet(`
      for (let round = 0; round < 2000; round++) writeSync(2, Buffer.alloc(65536, "x")); process.exit(0);`);
    expect(end.code).toBe(0);
    expect(end.log.length).toBeGreaterThanOrEqual(64 * 1024);
    expect(end.log.length).toBeLessThanOrEqual(256 * 1024);
    expect(grownBytes).toBeLessThan(GREATEST_GROWTH);
  });
});

describe("a cell that ends by itself", () => {
  test("is told with its status, its requests and what it printed", async () => {
    const { end, requests } = await meet(`
      request({ op: "hello", restored: true, bootMs: 1 }); writeSync(2, "last words"); process.exit(7);`);
    expect(end).toEqual({ code: 7, signal: null, log: "last words" });
    expect(requests).toEqual([{ op: "hello", restored: true, bootMs: 1 }]);
  });

  test("is told with its signal", async () => {
    const { end } = await meet(`process.kill(process.pid, "SIGSEGV"); linger();`);
    expect({ code: end.code, signal: end.signal }).toEqual({ code: null, signal: "SIGSEGV" });
  });

  test("may have closed its standard input, or gone, when a reply is written to it", async () => {
    const { end } = await meet(
      `closeSync(0); request({ op: "pipe" }); Bun.sleepSync(200); process.exit(0);`,
      (cell) => {
        for (let round = 0; round < 10; round++) cell.reply({}, new Uint8Array(100_000));
      },
    );
    expect(end).toEqual({ code: 0, signal: null, log: "" });
  });

  test("may never have started", async () => {
    const command = {
      executable: "/no/such/executable",
      leading: [],
      snapshotPath: undefined,
      confinement: "insecure",
      urgency: "urgent",
    } as const;
    const cell = new CellProcess(command, libc, () => {});
    cell.reply({});
    expect(await cell.ended).toMatchObject({ code: null, signal: null, log: expect.stringContaining("ENOENT") });
    cell.kill();
  });
});

test("a cell's environment holds nothing of the broker's, and its working directory is the root", async () => {
  process.env["WOMA_TEST_SECRET"] = "secret";
  const { end } = await meet(`
    writeSync(2, JSON.stringify([Object.keys(process.env).filter((name) => !name.startsWith("BUN_JSC_")), process.cwd()]));
    process.exit(0);`);
  delete process.env["WOMA_TEST_SECRET"];
  expect(end.log).toBe('[[],"/"]');
});
