import { describe, expect, test } from "bun:test";
import { parseRequest, type Request } from "../../src/protocol/messages.ts";

/** One honest request of each kind; the compiler holds that none is forgotten. */
const HONEST: { readonly [Op in Request["op"]]: Extract<Request, { op: Op }> } = {
  unconfined: { op: "unconfined", reason: "the kernel has no seccomp" },
  hello: { op: "hello", restored: true, bootMs: 120 },
  read: { op: "read", handle: 1, length: 4096, nonBlocking: false },
  write: { op: "write", handle: 2, nonBlocking: true, windowLength: 0 },
  poll: { op: "poll", want: [[1, 1]], timeoutMs: -1 },
  ioctl: { op: "ioctl", handle: 1, request: 0x5401, argument: -1 },
  close: { op: "close", handle: 1 },
  seek: { op: "seek", handle: 1, offset: -4, whence: 2 },
  pipe: { op: "pipe" },
  socket: { op: "socket", version: 6 },
  "socket-pair": { op: "socket-pair" },
  connect: { op: "connect", handle: 1, address: "2001:db8::1", port: 443, nonBlocking: false },
  "socket-error": { op: "socket-error", handle: 1 },
  "socket-names": { op: "socket-names", handle: 1 },
  "socket-option": { op: "socket-option", handle: 1, option: "keep-alive", value: 1 },
  peek: { op: "peek", handle: 1, length: 16, nonBlocking: true },
  shutdown: { op: "shutdown", handle: 1, how: 2 },
  lookup: { op: "lookup", name: "example.com", version: 0, port: 443 },
  "tls-context": { op: "tls-context", last: false },
  "tls-roots": { op: "tls-roots" },
  "tls-start": { op: "tls-start", handle: 3, context: 4, hostname: "example.com", session: 0 },
  "tls-engine": { op: "tls-engine", context: 4, hostname: "example.com", session: 5 },
  "tls-handshake": { op: "tls-handshake", handle: 3, timeoutMs: 2500.5 },
  "tls-finish": { op: "tls-finish", handle: 3, timeoutMs: -1 },
  "tls-abandon": { op: "tls-abandon", handle: 3 },
  "tls-status": { op: "tls-status", handle: 3 },
  "tls-exchange": { op: "tls-exchange", handle: 3, ciphertextLength: 5, ended: false, close: true },
  "tls-session": { op: "tls-session", handle: 3 },
  xhr: {
    op: "xhr",
    method: "POST",
    url: "https://example.com/form",
    headers: [["Content-Type", "text/plain"]],
    bodyBytes: 12,
    timeoutMs: 1000,
    redirect: "manual",
    rules: "program",
  },
  terminal: { op: "terminal" },
  timer: { op: "timer", delayMs: 0.5, intervalMs: 0, query: false },
  signals: { op: "signals", handled: [2], ignored: [] },
  module: { op: "module", name: "package.module" },
  resource: { op: "resource", package: "package", path: "data/file.txt" },
  "index-default": { op: "index-default", url: "https://index.example/simple" },
  "index-project": { op: "index-project", name: "numpy" },
  "index-metadata": { op: "index-metadata", project: "numpy", file: "numpy-2.0-py3-none-any.whl" },
  resolution: { op: "resolution" },
  provide: { op: "provide", module: "numpy" },
  install: { op: "install", requirements: ["rich>=14"] },
  "archive-list": { op: "archive-list", archive: 0 },
  "archive-read": { op: "archive-read", archive: 0, position: 0, length: 100 },
  figure: { op: "figure", last: true },
  "compile-next": { op: "compile-next" },
  compiled: { op: "compiled", archive: 0, entry: "numpy/__init__.py" },
  open: { op: "open", path: "/data/table.csv", flags: 0, mode: 0 },
  pread: { op: "pread", handle: 4, length: 1024, position: 0 },
  pwrite: { op: "pwrite", handle: 4, windowLength: 0, position: -1 },
  stat: { op: "stat", path: "/data" },
  fstat: { op: "fstat", handle: 4 },
  access: { op: "access", path: "/data", mode: 4 },
  change: { op: "change", path: "/data/x", mode: 0o644, size: 3, accessedMs: 0, modifiedMs: 1.5 },
  "change-open": { op: "change-open", handle: 4, mode: 0o644, size: 10, accessedMs: 0, modifiedMs: 1.5 },
  fsync: { op: "fsync", handle: 4 },
  lock: { op: "lock", handle: 4, command: "set", type: 1, whence: 0, start: 0, length: 1 },
  flock: { op: "flock", handle: 4, operation: 2 },
  "out-of-memory": { op: "out-of-memory" },
  mkdir: { op: "mkdir", path: "/data/new", mode: 0o755 },
  unlink: { op: "unlink", path: "/data/old" },
  rmdir: { op: "rmdir", path: "/data/old" },
  rename: { op: "rename", path: "/data/old", to: "/data/new" },
  symlink: { op: "symlink", path: "/data/link", target: "table.csv" },
  readlink: { op: "readlink", path: "/data/link" },
  list: { op: "list", path: "/data" },
  statfs: { op: "statfs", path: "/data" },
  missing: { op: "missing", path: "relative.csv" },
  "missing-module": { op: "missing-module", module: "openpyxl" },
  "history-load": { op: "history-load" },
  "history-append": { op: "history-append" },
  exit: { op: "exit", status: 0, signal: 0, again: false },
};

const requests = Object.values(HONEST);
const without = (request: Request, name: string) =>
  Object.fromEntries(Object.entries(request).filter(([key]) => key !== name));
const fields = requests.flatMap((request) =>
  Object.entries(request)
    .filter(([name]) => name !== "op")
    .map(([name, value]) => ({ op: request.op, name, value: value as unknown, request })),
);

/** In a change of a file's attributes: the other ones stay as they are. Times may be of any sign, and fractions. */
const TIMES = new Set(["accessedMs", "modifiedMs"]);
const NULLABLE = new Set(["size", "hostname", ...TIMES]);

describe("a request", () => {
  test.each(requests)("$op is accepted as it is written", (request) => {
    expect(parseRequest(JSON.stringify(request))).toEqual(request);
  });

  test.each(requests)("$op is refused with one field more", (request) => {
    for (const name of ["extra", "__proto__", "constructor", "", "toString"]) {
      const json = JSON.stringify(request).replace(/\}$/, `,${JSON.stringify(name)}:{}}`);
      expect([name, parseRequest(json)]).toEqual([name, null]);
    }
  });

  test.each(fields)("$op is refused without its $name", ({ request, name }) => {
    expect(parseRequest(JSON.stringify(without(request, name)))).toBeNull();
    // Not even when the prototype could have it.
    const json = JSON.stringify({ ...without(request, name), extra: 0 }).replace(
      '"extra":0',
      `"__proto__":{"${name}":1}`,
    );
    expect(parseRequest(json)).toBeNull();
  });

  test.each(fields)("$op is refused with a $name of another type", ({ request, name, value }) => {
    const others = ["text", 7, true, null, [], [[]], {}, ["a"], [[1]], [[1, 2, 3]], [{ length: 2 }]];
    for (const other of others) {
      const sameType = typeof other === typeof value && Array.isArray(other) === Array.isArray(value);
      if (sameType && (!Array.isArray(other) || other.length === 0)) continue;
      // What may be asked for is any text.
      if (name === "requirements" && Array.isArray(other) && other[0] === "a") continue;
      if (other === null && (NULLABLE.has(name) || (name === "mode" && request.op.startsWith("change")))) continue;
      if (other === null && request.op === "lookup" && name === "port") continue;
      expect([other, parseRequest(JSON.stringify({ ...request, [name]: other }))]).toEqual([other, null]);
    }
  });

  test.each(fields.filter(({ name, value }) => typeof value === "number" && !TIMES.has(name)))(
    "$op is refused with a $name that is no number of its kind",
    ({ request, name }) => {
      const literals = ["NaN", "Infinity", "1e999", "-1e999", '"1"', "1n", "0x10", "+1", "01", "-2.5"];
      for (const literal of literals) {
        const json = JSON.stringify({ ...request, [name]: 424242 }).replace("424242", literal);
        expect([literal, parseRequest(json)]).toEqual([literal, null]);
      }
    },
  );

  test.each(fields.filter(({ name, value }) => typeof value === "number" && !/Ms$/.test(name)))(
    "$op is refused with a $name that is no safe integer",
    ({ request, name }) => {
      for (const value of [0.5, 2 ** 53, 1e300, -(2 ** 53)]) {
        expect([value, parseRequest(JSON.stringify({ ...request, [name]: value }))]).toEqual([value, null]);
      }
    },
  );

  const mayBeNegative = /Ms$|^argument$|^offset$|^position$|^start$/;
  test.each(fields.filter(({ name, value }) => typeof value === "number" && !mayBeNegative.test(name)))(
    "$op is refused with a negative $name",
    ({ request, name }) => {
      expect(parseRequest(JSON.stringify({ ...request, [name]: -1 }))).toBeNull();
    },
  );

  test("is refused with a time before -1, which means for ever", () => {
    expect(parseRequest('{"op":"poll","want":[],"timeoutMs":-1.5}')).toBeNull();
    expect(parseRequest('{"op":"timer","delayMs":-2,"intervalMs":0,"query":false}')).toBeNull();
  });

  test("is refused with a text or a list longer than its cap", () => {
    const module = (length: number) => parseRequest(JSON.stringify({ op: "module", name: "a".repeat(length) }));
    expect([module(4096) === null, module(4097)]).toEqual([false, null]);
    const poll = (length: number) =>
      parseRequest(JSON.stringify({ op: "poll", want: Array(length).fill([1, 1]), timeoutMs: 0 }));
    expect([poll(4096) === null, poll(4097)]).toEqual([false, null]);
    const signals = (length: number) =>
      parseRequest(JSON.stringify({ op: "signals", handled: Array(length).fill(2), ignored: [] }));
    expect([signals(64) === null, signals(65)]).toEqual([false, null]);
  });

  test.each([
    "",
    " ",
    "null",
    "true",
    "7",
    '"pipe"',
    "[]",
    '["pipe"]',
    '[{"op":"pipe"}]',
    "{}",
    '{"op":null}',
    '{"op":["pipe"]}',
    '{"op":"fork"}',
    '{"op":"Pipe"}',
    '{"op":"__proto__"}',
    '{"op":"constructor"}',
    '{"op":"toString"}',
    '{"op":"hasOwnProperty"}',
    '{"__proto__":{"op":"pipe"}}',
    '{"op":"pipe"',
    '{"op":"pipe"} ,',
    "{op:'pipe'}",
    "\u0000",
    "[".repeat(100_000),
    `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`,
  ])("that is no object of a known kind is refused: %.40s", (json) => {
    expect(parseRequest(json)).toBeNull();
  });
});
