import { describe, expect, setDefaultTimeout, spyOn, test } from "bun:test";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { encodeFrame, FrameError, FrameReader } from "../../src/protocol/framing.ts";
import { openLibc } from "../../src/protocol/libc.ts";
import { DATA_WINDOW_BYTES, parseRequest } from "../../src/protocol/messages.ts";
import { atBounds, honestRequests, mutated, randomRequest, seededRandom } from "../support/hostile-requests.ts";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { MAXIMUM_OPEN_FILES, ScratchKernel } from "../support/scratch-kernel.ts";

setDefaultTimeout(120_000);

const libc = openLibc();
const SEED = 20260117;
const MAXIMUM_FRAME_BYTES = DATA_WINDOW_BYTES + 64 * 1024;
const SUBJECTS = {
  handles: {
    ...{ file: 1, readOnlyFile: 2, reader: 3, writer: 4, socket: 5, pairEnd: 6 },
    ...{ plain: 7, wrapped: 8, context: 9, engine: 10 },
  },
  texts: ["/data/file", "\ud800", "/\0"],
};

describe("the bytes of a cell", () => {
  /** The requests in a stream that comes in these pieces, and what ends it. */
  function parsed(pieces: Iterable<Uint8Array>): { requests: unknown[]; end: string } {
    const reader = new FrameReader(MAXIMUM_FRAME_BYTES);
    const requests: unknown[] = [];
    try {
      for (const piece of pieces) for (const { json } of reader.push(piece)) requests.push(parseRequest(json));
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      return { requests, end: error.message };
    }
    return { requests, end: reader.isMidFrame ? "half a frame" : "a frame's end" };
  }

  function* cut(stream: Uint8Array, size: () => number): Generator<Uint8Array> {
    for (let at = 0, next = 0; at < stream.length; at = next) {
      next = at + 1 + size();
      yield stream.subarray(at, next);
    }
  }

  test("come to the same requests wherever they are cut, for each kind of request", () => {
    const frames = honestRequests(SUBJECTS.handles).map((request) =>
      encodeFrame(JSON.stringify(request), Uint8Array.of(0, 255)),
    );
    for (const [index, frame] of frames.entries()) {
      const stream = Buffer.concat([frame, frames[(index + 1) % frames.length] ?? frame]);
      const whole = parsed([stream]);
      expect(whole).toEqual({ requests: [expect.anything(), expect.anything()], end: "a frame's end" });
      for (let at = 0; at <= stream.length; at++)
        expect(parsed([stream.subarray(0, at), stream.subarray(at)])).toEqual(whole);
    }
  });

  test("throw nothing but FrameError, at random and as honest frames that were changed", () => {
    const random = seededRandom(SEED);
    const honest = honestRequests(SUBJECTS.handles);
    const ends = new Map<string, number>();
    for (let round = 0; round < 10_000; round++) {
      const frame = encodeFrame(JSON.stringify(honest[round % honest.length]), new Uint8Array(random(20)));
      const noise = Uint8Array.from({ length: random(64) }, () => random(256));
      const stream = round % 4 === 0 ? noise : Buffer.concat([mutated(frame, random), frame]);
      const once = parsed([stream]);
      expect(parsed(cut(stream, () => random(16)))).toEqual(once);
      const kind = once.end.replace(/\d+/g, "N");
      ends.set(kind, (ends.get(kind) ?? 0) + 1);
    }
    // Each happens often enough for the test to mean something.
    for (const end of [
      "half a frame",
      "a frame's end",
      "a frame of N bytes, above N",
      "a frame whose lengths disagree",
    ])
      expect([end, (ends.get(end) ?? 0) > 200]).toEqual([end, true]);
  });

  test("are taken as a request only when another look at them finds the same", () => {
    const random = seededRandom(SEED);
    for (let round = 0; round < 10_000; round++) {
      const text = randomRequest(random, SUBJECTS);
      const json = round % 2 === 0 ? text : new TextDecoder().decode(mutated(new TextEncoder().encode(text), random));
      const request = parseRequest(json);
      if (request === null) continue;
      // Minus zero is written as zero.
      const written = JSON.stringify(request);
      expect(parseRequest(written)).toEqual(JSON.parse(written));
    }
  });
});

describe("the requests of a cell", () => {
  testUnless(notOnLinux, "of every kind, each field at its bounds, are answered once and reach nothing outside", () =>
    besiege(async (kernel) => {
      const subjects = kernel.subjects();
      let taken = 0;
      for (const [index, { op }] of honestRequests(subjects.handles).entries()) {
        kernel.refill();
        const { texts, handles } = kernel.subjects();
        const request = honestRequests(handles)[index];
        if (request?.op !== op) throw new Error("the requests have another order");
        for (const json of atBounds(request, { texts, handles }))
          if ((await kernel.ask(json, new Uint8Array(4))) !== "no request") taken += 1;
      }
      expect(taken).toBeGreaterThan(1_500);
      expect(neverDone(kernel)).toEqual(NEVER_DONE);
    }),
  );

  testUnless(notOnLinux, "at random, with random bytes, are answered once and reach nothing outside", () =>
    besiege(async (kernel) => {
      const random = seededRandom(SEED);
      const lengths = [0, 0, 1, 4, 8, 60, 4096, 65_537, DATA_WINDOW_BYTES];
      let subjects = kernel.subjects();
      let taken = 0;
      for (let round = 0; round < 20_000; round++) {
        if (round % 8 === 0) {
          kernel.refill();
          subjects = kernel.subjects();
        }
        kernel.window.fill(random(256), 0, 16);
        const bytes = new Uint8Array(lengths[random(lengths.length)] ?? 0).fill(random(256), 0, 64);
        if ((await kernel.ask(randomRequest(random, subjects), bytes)) !== "no request") taken += 1;
        expect(kernel.handles.room).toBeWithin(0, MAXIMUM_OPEN_FILES + 1);
      }
      expect(taken).toBeGreaterThan(5_000);
    }),
  );

  testUnless(notOnLinux, "can open no more than the program's limit, in any way", async () => {
    await using kernel = await ScratchKernel.open(libcOfLinux());
    kernel.subjects();
    const ways = [
      ...['{"op":"pipe"}', '{"op":"terminal"}', '{"op":"open","path":"/data/file","flags":0,"mode":0}'],
      ...['{"op":"socket","version":4}', '{"op":"socket-pair"}'],
      '{"op":"lookup","name":"localhost","version":0,"port":null}',
    ];
    const before = openDescriptors();
    const errors = new Set<unknown>();
    for (let round = 0; round < 3 * MAXIMUM_OPEN_FILES; round++) {
      const answer = await kernel.ask(ways[round % ways.length] ?? "", new Uint8Array(0));
      if (typeof answer === "object" && "errno" in answer.fields) errors.add(answer.fields["errno"]);
    }
    expect({ errors: [...errors], room: kernel.handles.room }).toEqual({ errors: ["EMFILE"], room: 0 });
    expect(openDescriptors() - before).toBeLessThanOrEqual(MAXIMUM_OPEN_FILES);
  });

  testUnless(notOnLinux, "that wait for a lock leave no timer behind when the cell is gone", async () => {
    await using kernel = await ScratchKernel.open(libcOfLinux());
    kernel.subjects();
    const opened = await kernel.ask('{"op":"open","path":"/data/locked","flags":2,"mode":0}', new Uint8Array(0));
    const handle = typeof opened === "object" ? Number(opened.fields["handle"]) : Number.NaN;
    kernel.send({ op: "lock", handle, command: "wait", type: 1, whence: 0, start: 0, length: 1 });
    const wakes = spyOn(kernel.waiters, "wake");
    // It is tried again and again; and then the session is over.
    await Bun.sleep(100);
    expect(wakes.mock.calls.length).toBeGreaterThan(0);
    kernel.waiters.clear();
    wakes.mockClear();
    await Bun.sleep(100);
    expect(wakes.mock.calls).toEqual([]);
  });
});

testUnless(notOnLinux, "a file's times are set as they are given, before 1970 too", async () => {
  await using kernel = await ScratchKernel.open(libcOfLinux());
  const { handles } = kernel.subjects();
  const times = { mode: null, size: null, accessedMs: -5000, modifiedMs: -1000 };
  const stat = async (path: string) => {
    const answer = await kernel.ask(JSON.stringify({ op: "stat", path }), new Uint8Array(0));
    return typeof answer === "object" ? [answer.fields["accessedMs"], answer.fields["modifiedMs"]] : answer;
  };
  await kernel.ask(JSON.stringify({ op: "change", path: "/data/directory/file", ...times }), new Uint8Array(0));
  await kernel.ask(JSON.stringify({ op: "change-open", handle: handles.file, ...times }), new Uint8Array(0));
  expect(await Promise.all(["/data/directory/file", "/data/file"].map(stat))).toEqual([
    [-5000, -1000],
    [-5000, -1000],
  ]);
});

describe("links that a program makes do not lead out of its mount:", () => {
  const link = (path: string, target: string) => ({ op: "symlink", path, target });
  test.each([
    ["by their text", [link("/data/trap", "../outside/secret")]],
    ["by an absolute text", [link("/data/trap", "/outside/secret")]],
    ["by a text that goes on behind a NUL", [link("/data/trap", "../outside/secret\0/../../data/file")]],
    [
      "by way of another link",
      [link("/data/directory/up", ".."), link("/data/trap", "directory/up/../outside/secret")],
    ],
    [
      "by being moved",
      [
        link("/data/directory/trap", "../outside/secret"),
        { op: "rename", path: "/data/directory/trap", to: "/data/trap" },
      ],
    ],
    [
      "by the directory that they are in being moved",
      [
        { op: "mkdir", path: "/data/directory/inner", mode: 0o755 },
        link("/data/directory/inner/trap", "../../outside/secret"),
        { op: "rename", path: "/data/directory/inner", to: "/data/inner" },
      ],
    ],
  ])("%s", async (_, requests) => {
    if (notOnLinux !== undefined) return;
    await using kernel = await ScratchKernel.open(libcOfLinux());
    kernel.subjects();
    const inside = realpathSync(join(kernel.path, "writable"));
    const own = linksBelow(inside);
    for (const request of requests) await kernel.ask(JSON.stringify(request), new Uint8Array(0));
    const leadingOut = linksBelow(inside).filter((path) => !own.includes(path) && !leadsInto(path, inside));
    expect(leadingOut.map((path) => `${path.slice(inside.length)} → ${readlinkSync(path)}`)).toEqual([]);
  });
});

/** Has requests sent, and asserts that the broker is afterwards as it was, and so is all that was not granted. */
async function besiege(attack: (kernel: ScratchKernel) => Promise<void>): Promise<void> {
  Bun.gc(true);
  const before = { descriptors: openDescriptors(), bytes: process.memoryUsage.rss(), root: readdirSync("/") };
  {
    await using kernel = await ScratchKernel.open(libcOfLinux());
    const untouched = () => ["outside", "readonly", "modules"].flatMap((name) => treeOf(join(kernel.path, name)));
    const tree = untouched();
    await attack(kernel);
    await Bun.sleep(50);
    kernel.expectNoLateReplies();
    expect(untouched()).toEqual(tree);
    expect(readdirSync(kernel.path).toSorted()).toEqual([
      "modules",
      "one.txt",
      "outside",
      "readonly",
      "state",
      "writable",
    ]);
  }
  Bun.gc(true);
  expect(readdirSync("/")).toEqual(before.root);
  expect(openDescriptors()).toBe(before.descriptors);
  expect(process.memoryUsage.rss() - before.bytes).toBeLessThan(GREATEST_GROWTH);
}

/** The kinds of requests that came to nothing, whatever was asked: of the others some did what they should. */
function neverDone({ outcomes }: ScratchKernel): string[] {
  return honestRequests(SUBJECTS.handles).flatMap(({ op }) => (outcomes.get(op)?.has("done") ? [] : [op]));
}

/** Those of cells of woma's own: this is a program's. */
const OF_OTHER_CELLS = [
  "index-default",
  "index-project",
  "index-metadata",
  "resolution",
  "compile-next",
  "compiled",
] as const;
/** Nobody is at the other end, so that there is no peer to tell of; the roots take a moment longer than is waited. */
const OF_PEERS = ["tls-roots", "tls-session"] as const;
/** The first two and the last have no answer; a pipe is neither sought in nor a terminal. */
const NEVER_DONE = [
  ...["unconfined", "hello", "ioctl", "seek", "connect"],
  ...[...OF_PEERS, ...OF_OTHER_CELLS],
  "exit",
];

const GREATEST_GROWTH = 128 * 1024 * 1024;

function libcOfLinux() {
  if (libc === null) throw new Error("this needs Linux");
  return libc;
}

function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

/** Everything below a path, one line each: what it is, whose, when it was changed, and what it holds. */
function treeOf(path: string): string[] {
  const { mode, nlink, size, uid, gid, mtimeNs, ctimeNs } = lstatSync(path, { bigint: true });
  const holds = lstatSync(path).isSymbolicLink()
    ? readlinkSync(path)
    : lstatSync(path).isFile()
      ? createHash("sha256").update(readFileSync(path)).digest("hex")
      : "";
  const line = [path, mode, nlink, size, uid, gid, mtimeNs, ctimeNs, holds].join(" ");
  const below = lstatSync(path).isDirectory() ? readdirSync(path).toSorted() : [];
  return [line, ...below.flatMap((name) => treeOf(join(path, name)))];
}

function linksBelow(path: string): string[] {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return [path];
  return stats.isDirectory() ? readdirSync(path).flatMap((name) => linksBelow(join(path, name))) : [];
}

/** Whether a link ends in a directory, or nowhere. */
function leadsInto(path: string, directory: string): boolean {
  return !existsSync(path) || `${realpathSync(path)}/`.startsWith(`${directory}/`);
}
