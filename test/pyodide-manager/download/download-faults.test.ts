import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fetchPackage, fetchPackages } from "../../../src/pyodide-manager/download/download.ts";
import { DownloadError } from "../../../src/pyodide-manager/download/download-error.ts";
import { USUAL_PATIENCE } from "../../../src/pyodide-manager/download/patience.ts";
import { withinTime } from "../../../src/pyodide-manager/install-time.ts";
import { scratchDirectory } from "../../support/woma.ts";
import { downloading, IMPATIENCE, type Setting, wholeOf } from "../support/downloads.ts";
import { offeredBytes, offeredWheel, onIndex } from "../support/package-files.ts";
import { type RawAnswer, type RawRequest, type RawServer, served, startRawServer } from "../support/raw-server.ts";
import { zipBytes } from "../support/zip-bytes.ts";

const { file, bytes } = offeredWheel("faulty", 500_000);
const HALF = 250_000;

/** Fetches the file from a server that answers so; what came of it, and the server. */
async function fetched(answer: (request: RawRequest) => RawAnswer, setting: Setting = {}) {
  await using scratch = await scratchDirectory();
  await using server = await startRawServer(answer);
  const context = downloading(scratch.path, [], setting);
  const outcome = await fetchPackage(onIndex({ file, bytes }, server).file, context).then(
    (wheel) => (Buffer.from(wholeOf(wheel)).equals(bytes) ? "whole" : "other bytes"),
    (error: unknown) => reasonOf(error, server),
  );
  const kept = readdirSync(join(scratch.path, "wheels-v1"));
  expect(kept).toEqual(outcome === "whole" ? [file.sha256] : []);
  return { outcome, ranges: server.requests.map(({ start }) => start), sentBytes: server.sentBytes };
}

/** What is said of the one source. */
function reasonOf(error: unknown, server: RawServer): string {
  if (!(error instanceof DownloadError)) throw error;
  const reports = error.failures.flatMap((failure) => failure.reports);
  expect(reports[0]?.label).toBe(`${server.url}${file.fileName}`);
  return reports[0]?.reason ?? "";
}

/** What has come, but was not read when a connection ends, Bun's fetch throws away. */
const READ_MS = 100;

const cut = (request: RawRequest, ending: RawAnswer["ending"]): RawAnswer => ({
  ...served(bytes, request),
  body: [bytes.subarray(request.start, request.start + HALF)],
  pauseMs: READ_MS,
  ...(ending === undefined ? {} : { ending }),
});

describe("a download goes on where it stopped when the server", () => {
  test.each<[string, RawAnswer["ending"]]>([
    ["closes the connection", "close"],
    ["resets the connection", "reset"],
    ["sends nothing more", "stall"],
  ])("%s", async (_, ending) => {
    const { outcome, ranges, sentBytes } = await fetched((request) => cut(request, ending));
    expect(outcome).toBe("whole");
    expect(ranges.slice(0, 2)).toEqual([0, HALF]);
    expect(sentBytes).toBe(bytes.length);
  });

  test("has said by what name it knows the version, which is asked for", async () => {
    const asked: (string | undefined)[] = [];
    const { outcome } = await fetched((request) => {
      asked.push(request.headers.get("if-range"));
      const answer = cut(request, "close");
      return { ...answer, headers: { ...answer.headers, etag: '"first"' } };
    });
    expect([outcome, asked.slice(0, 2)]).toEqual(["whole", [undefined, '"first"']]);
  });
});

describe("a download starts again when the server", () => {
  test("knows no ranges", async () => {
    const { outcome, ranges } = await fetched((request) =>
      request.index === 0 ? cut(request, "close") : served(bytes, { ...request, start: 0 }),
    );
    expect([outcome, ranges]).toEqual(["whole", [0, HALF]]);
  });

  test("answers another range", async () => {
    const { outcome, ranges } = await fetched((request) =>
      request.index === 0 ? cut(request, "close") : served(bytes, { ...request, start: request.start && 10 }),
    );
    expect([outcome, ranges]).toEqual(["whole", [0, HALF, 0]]);
  });

  test("says that there is no such range", async () => {
    const { outcome, ranges } = await fetched((request) => {
      if (request.index === 0) return cut(request, "close");
      return request.start > 0 ? { status: 416 } : served(bytes, request);
    });
    expect([outcome, ranges]).toEqual(["whole", [0, HALF, 0]]);
  });

  test("had sent something else before", async () => {
    const { outcome, ranges } = await fetched((request) =>
      request.index === 0 ? { ...cut(request, "close"), body: [new Uint8Array(HALF)] } : served(bytes, request),
    );
    expect([outcome, ranges]).toEqual(["whole", [0, HALF, 0]]);
  });
});

describe("a busy server is asked again", () => {
  test.each([429, 500, 502, 503, 504])("after %i", async (status) => {
    const { outcome, ranges } = await fetched((request) => (request.index < 2 ? { status } : served(bytes, request)));
    expect([outcome, ranges.length]).toEqual(["whole", 3]);
  });

  test("when it says that it has time", async () => {
    const started = performance.now();
    const { outcome } = await fetched((request) =>
      request.index < 1 ? { status: 429, headers: { "retry-after": 1 } } : served(bytes, request),
    );
    expect(outcome).toBe("whole");
    expect(performance.now() - started).toBeGreaterThan(990);
  });

  test("not for ever", async () => {
    const { outcome, ranges } = await fetched(() => ({ status: 503 }));
    expect([outcome, ranges.length]).toEqual(["answered 503, 3 times", 3]);
  });

  test("not when it wants too much time", async () => {
    const { outcome, ranges } = await fetched(() => ({ status: 429, headers: { "retry-after": 3600 } }));
    expect([outcome, ranges.length]).toEqual(["answered 429, and asks to wait 3600 s", 1]);
  });
});

describe("the time that --install-timeout leaves", () => {
  const within = async (milliseconds: number, answer: (request: RawRequest) => RawAnswer) => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer(answer);
    const context = downloading(scratch.path, [], { patience: USUAL_PATIENCE });
    const settings = { ...context.settings, installTimeoutMs: milliseconds };
    const wanted = [onIndex({ file, bytes }, server).file];
    const fetching = withinTime(settings, milliseconds, context.signal, (signal) =>
      fetchPackages(wanted, { ...context, signal }),
    );
    const error = await fetching.catch((reason) => reason);
    return (error as Error).message.replaceAll(server.url.slice(0, -1), "SERVER");
  };

  test("is not waited away when a server asks for more of it", async () => {
    const message = await within(20_000, () => ({ status: 503, headers: { "retry-after": 30 } }));
    expect(message).toBe(
      `cannot fetch faulty 1.0 (${file.fileName})\n  SERVER/${file.fileName}: answered 503, and asks to wait 30 s`,
    );
  });

  test.each<[string, RawAnswer]>([
    ["answer", { status: 503 }],
    ["body", { headers: { "content-length": 10 }, body: [bytes.subarray(0, 5)], ending: "stall" }],
  ])("is over while a server was waited for, which is named: %s", async (_, answer) => {
    expect(await within(400, () => answer)).toBe(
      "installing packages took longer than 0.4 s, the --install-timeout; SERVER had not sent all that was asked for",
    );
  });
});

describe("a server that goes on failing is left for the next, and said to have", () => {
  test.each<[string, (request: RawRequest) => RawAnswer, string]>([
    ["no such file", () => ({ status: 404 }), "answered 404"],
    [
      "closed the connection",
      () => ({ body: [], headers: { "content-length": 10 }, ending: "close" }),
      "closed the connection, 3 times",
    ],
    ["sent nothing", () => ({ headers: { "content-length": 10 } }), "sent nothing for 0.4 s, 3 times"],
    [
      "redirected in a circle",
      ({ path }) => ({ status: 302, headers: { location: path } }),
      "redirects more than 10 times",
    ],
    [
      "redirected to a file",
      () => ({ status: 302, headers: { location: "file:///etc/passwd" } }),
      'redirects to "file:///etc/passwd"',
    ],
    ["redirected to nothing", () => ({ status: 302, headers: { location: "http://" } }), 'redirects to "http://"'],
    ["spoken no HTTP", () => ({ headers: { "content-length": "many" } }), "answered no HTTP (InvalidContentLength)"],
  ])("%s", async (_, answer, reason) => {
    expect((await fetched(answer)).outcome).toBe(reason);
  });

  test("sent almost nothing, though without a pause", async () => {
    const patience = { ...IMPATIENCE, slowMs: 600, slowBytes: 600 };
    const trickle = (request: RawRequest) => ({
      ...served(bytes, request),
      body: Array.from({ length: 100 }, (_, index) => bytes.subarray(index, index + 1)),
      pauseMs: 20,
    });
    const { outcome, ranges } = await fetched(trickle, { patience });
    expect(outcome).toMatch(/^sent no more than [1-9]\d? bytes in 0.6 s$/);
    expect(ranges).toEqual([0]);
  });

  test("never answered, though it is there", async () => {
    const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    await using scratch = await scratchDirectory();
    const url = `http://127.0.0.1:${silent.port}/`;
    const context = downloading(scratch.path, [], {
      patience: { ...IMPATIENCE, connectMs: 200, stallMs: 600, stalledAttempts: 2 },
    });
    const error = await fetchPackage(onIndex({ file, bytes }, { url }).file, context).catch((reason) => reason);
    expect(error.failures[0].reports[0].reason).toBe("no answer within 0.6 s, 2 times");
    silent.stop(true);
  });
});

describe("a server that lies about the length", () => {
  test("and says too much has sent all there is", async () => {
    const { outcome, ranges } = await fetched((request) => ({
      ...served(bytes, request, { "content-length": bytes.length + 100 }),
      pauseMs: READ_MS,
      ending: "close",
    }));
    expect([outcome, ranges]).toEqual(["whole", [0]]);
  });

  test("and says too little has not", async () => {
    const { outcome } = await fetched((request) => served(bytes, request, { "content-length": HALF }));
    expect(outcome).toMatch(/^served other bytes: 250000 bytes, sha256 /);
  });

  test("and does not say it, is asked again when there is an end", async () => {
    const { outcome } = await fetched((request) => ({
      headers: { "transfer-encoding": "chunked" },
      body: [chunked(bytes.subarray(0, request.index === 0 ? HALF : bytes.length), request.index > 0)],
      ending: "close",
    }));
    expect(outcome).toBe("whole");
  });
});

test("a mirror that serves other bytes is told of when the next one has the file", async () => {
  await using scratch = await scratchDirectory();
  await using wrong = await startRawServer((request) => served(Buffer.from("an older file"), request));
  await using right = await startRawServer((request) => served(bytes, request));
  const context = downloading(scratch.path, [wrong.url, right.url]);
  expect(wholeOf(await fetchPackage(file, context))).toEqual(bytes);
  expect(context.notes).toEqual([`${wrong.url} serves other bytes for faulty 1.0: it is left out for this file`]);
});

test("the usual patience with a server that stalls is over after some 45 seconds", () => {
  const { stallMs, stalledAttempts, firstPauseMs } = USUAL_PATIENCE;
  expect(stallMs * stalledAttempts + firstPauseMs * (2 ** (stalledAttempts - 1) - 1)).toBe(46_500);
});

test("a server that sends more than the file has is cut off", async () => {
  await using scratch = await scratchDirectory();
  await using server = await startRawServer((request) => served(Buffer.concat([bytes, bytes]), request));
  const known = { ...onIndex({ file, bytes }, server).file, bytes: bytes.length };
  const error = await fetchPackage(known, downloading(scratch.path, [])).catch((reason) => reason);
  expect(error.failures[0].reports[0].reason).toBe(`sends more than its ${bytes.length} bytes`);
});

test("a server that compresses what it sends is understood", async () => {
  const packed = Bun.gzipSync(Buffer.from(bytes));
  const { outcome } = await fetched(() => ({ headers: { "content-encoding": "gzip" }, body: [packed] }));
  expect(outcome).toBe("whole");
});

describe("an archive that means harm, though its hash is right,", () => {
  const hostile = offeredBytes("hostile", zipBytes([{ name: "../../evil.py", data: "import os" }]));
  const refusal = 'hostile-1.0-py3-none-any.whl is refused: it holds a path that leads out of it: "../../evil.py"';

  test("is refused and not kept when it comes from an index", async () => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer((request) => served(hostile.bytes, request));
    const failed = fetchPackage(onIndex(hostile, server).file, downloading(scratch.path, []));
    expect((await failed.catch((error) => error)).message).toBe(refusal);
    expect([...readdirSync(join(scratch.path, "wheels-v1")), ...readdirSync(join(scratch.path, "partial-v1"))]).toEqual(
      [],
    );
  });

  test("shows nothing of itself when the lock has it", async () => {
    await using scratch = await scratchDirectory();
    await using server = await startRawServer((request) => served(hostile.bytes, request));
    const context = downloading(scratch.path, [server.url]);
    const wheel = await fetchPackage(hostile.file, context);
    expect(() => wheel.entries).toThrow(refusal);
    wheel.close();
    expect(context.cache?.find(hostile.file) ?? null).toBeNull();
  });
});

function chunked(part: Uint8Array, isWhole: boolean): Uint8Array {
  const head = Buffer.from(`${part.length.toString(16)}\r\n`);
  return Buffer.concat([head, part, Buffer.from(isWhole ? "\r\n0\r\n\r\n" : "\r\n")]);
}
