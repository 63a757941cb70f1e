import type { Request, RequestOf } from "../../src/protocol/messages.ts";

/** Marsaglia's xorshift: the same numbers from the same seed, which is not 0. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** What requests are about: handles that are open, and texts for paths and names. */
export interface Subjects {
  readonly handles: {
    readonly file: number;
    readonly readOnlyFile: number;
    readonly reader: number;
    readonly writer: number;
    /** Connected to nothing. */
    readonly socket: number;
    /** With something to read. */
    readonly pairEnd: number;
    /** A connection without TLS, one with it, a context, and an engine. */
    readonly plain: number;
    readonly wrapped: number;
    readonly context: number;
    readonly engine: number;
  };
  readonly texts: readonly string[];
}

/** One honest request of each kind; the compiler holds that none is forgotten. */
export function honestRequests(handles: Subjects["handles"]): readonly Request[] {
  const { file, readOnlyFile, reader, writer, socket, pairEnd, plain, wrapped, context, engine } = handles;
  const honest: { readonly [Op in Request["op"]]: Omit<RequestOf<Op>, "op"> } = {
    unconfined: { reason: "no seccomp" },
    hello: { restored: true, bootMs: 120 },
    read: { handle: reader, length: 4096, nonBlocking: false },
    write: { handle: writer, nonBlocking: true, windowLength: 0 },
    poll: { want: [[reader, 1]], timeoutMs: -1 },
    ioctl: { handle: reader, request: 0x5401, argument: 0 },
    close: { handle: readOnlyFile },
    seek: { handle: reader, offset: 0, whence: 0 },
    pipe: {},
    socket: { version: 4 },
    "socket-pair": {},
    connect: { handle: socket, address: "127.0.0.1", port: 9, nonBlocking: true },
    "socket-error": { handle: socket },
    "socket-names": { handle: socket },
    "socket-option": { handle: socket, option: "no-delay", value: 1 },
    peek: { handle: pairEnd, length: 16, nonBlocking: true },
    shutdown: { handle: pairEnd, how: 1 },
    lookup: { name: "localhost", version: 0, port: null },
    "tls-context": { last: true },
    "tls-roots": {},
    "tls-start": { handle: plain, context, hostname: "localhost", session: 0 },
    "tls-engine": { context, hostname: null, session: 0 },
    "tls-handshake": { handle: wrapped, timeoutMs: 0 },
    "tls-finish": { handle: wrapped, timeoutMs: 0 },
    "tls-abandon": { handle: wrapped },
    "tls-status": { handle: wrapped },
    "tls-exchange": { handle: engine, ciphertextLength: 0, ended: false, close: false },
    "tls-session": { handle: wrapped },
    xhr: {
      method: "GET",
      url: "http://127.0.0.1:9/",
      headers: [["X-Header", "value"]],
      bodyBytes: 0,
      timeoutMs: 0,
      redirect: "follow",
      rules: "page",
    },
    terminal: {},
    timer: { delayMs: 5, intervalMs: 0, query: false },
    signals: { handled: [2], ignored: [] },
    module: { name: "module" },
    resource: { package: "package", path: "data.txt" },
    "index-default": { url: "https://index.example/simple" },
    "index-project": { name: "numpy" },
    "index-metadata": { project: "numpy", file: "numpy-2.0-py3-none-any.whl" },
    resolution: {},
    provide: { module: "numpy" },
    install: { requirements: ["rich>=14"] },
    "archive-list": { archive: 0 },
    "archive-read": { archive: 0, position: 0, length: 100 },
    figure: { last: true },
    "compile-next": {},
    compiled: { archive: 0, entry: "numpy/__init__.py" },
    open: { path: "/data/file", flags: 2, mode: 0o644 },
    pread: { handle: file, length: 4096, position: 0 },
    pwrite: { handle: file, windowLength: 0, position: 0 },
    stat: { path: "/data/file" },
    fstat: { handle: readOnlyFile },
    access: { path: "/data/file", mode: 4 },
    change: { path: "/data/file", mode: 0o644, size: 3, accessedMs: 0, modifiedMs: 1.5 },
    "change-open": { handle: file, mode: 0o644, size: 10, accessedMs: 0, modifiedMs: 1.5 },
    fsync: { handle: readOnlyFile },
    lock: { handle: file, command: "set", type: 1, whence: 0, start: 0, length: 1 },
    flock: { handle: 1, operation: 6 },
    "out-of-memory": {},
    mkdir: { path: "/data/new", mode: 0o755 },
    unlink: { path: "/data/file" },
    rmdir: { path: "/data/directory" },
    rename: { path: "/data/file", to: "/data/directory/moved" },
    symlink: { path: "/data/link", target: "file" },
    readlink: { path: "/data/link" },
    list: { path: "/data" },
    statfs: { path: "/data" },
    missing: { path: "relative.csv" },
    "missing-module": { module: "openpyxl" },
    "history-load": {},
    "history-append": {},
    exit: { status: 0, signal: 0, again: false },
  };
  return Object.entries(honest).map(([op, fields]) => ({ op, ...fields }) as Request);
}

/** A request's JSON with each field in turn at its bounds, past them, and of another type. */
export function* atBounds(request: Request, subjects: Subjects): Generator<string> {
  yield JSON.stringify(request);
  for (const name of Object.keys(request).filter((name) => name !== "op")) {
    for (const literal of literalsFor(request, name, subjects)) yield withLiterals(request, new Map([[name, literal]]));
  }
}

/** A request of a random kind, about half of its fields at or past their bounds. */
export function randomRequest(random: (below: number) => number, subjects: Subjects): string {
  const requests = honestRequests(subjects.handles);
  const request = requests[random(requests.length)] as Request;
  const literals = new Map<string, string>();
  for (const name of Object.keys(request).filter((name) => name !== "op")) {
    const choice = literalsFor(request, name, subjects);
    if (random(2) === 0) literals.set(name, choice[random(choice.length)] ?? "null");
  }
  return withLiterals(request, literals);
}

/** Bytes changed, left out, put in and repeated, at one to four places. */
export function mutated(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const changed = [...bytes];
  for (let count = random(4); count >= 0; count--) {
    const at = random(changed.length + 1);
    const length = random(6);
    switch (random(4)) {
      case 0:
        changed[Math.min(at, changed.length - 1)] = random(256);
        break;
      case 1:
        changed.splice(at, length);
        break;
      case 2:
        changed.splice(at, 0, ...Array.from({ length }, () => random(256)));
        break;
      default:
        changed.splice(at, 0, ...changed.slice(at, at + length));
    }
  }
  return Uint8Array.from(changed);
}

/** As JSON has them, or, like NaN and 1e999, has not. */
const NUMBERS = [
  ...[0, 1, 2, 3, 5, 8, 64, 4096, 16385, 2 ** 20, 2 ** 20 + 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32],
  ...[0o101, 0o1101, 0o2001, 0o200000, 2 ** 53 - 1, 2 ** 53, -1, -2, -(2 ** 31), -(2 ** 53) + 1, 0.5, -0.5, 1e308],
].map((number) => JSON.stringify(number));
const NO_NUMBERS = [
  "-0",
  "1e-300",
  "1e999",
  "-1e999",
  "NaN",
  "Infinity",
  "0x10",
  "01",
  "null",
  '"1"',
  "[]",
  "{}",
  "true",
];
const FLAGS = ["true", "false", "null", "0", "1", '"true"'];
const LISTS = [
  ...["[]", "[2]", "[0,1,64,65]", "[-1]", "[9007199254740991]", "[9007199254740992]", "[null]", "{}", "null", "2"],
  ...[
    "[[1,1]]",
    "[[0,0]]",
    "[[1,9007199254740991],[9007199254740991,5]]",
    "[[1]]",
    "[[1,2,3]]",
    "[[1,-1]]",
    "[[1,1.5]]",
  ],
  ...[64, 65].map((length) => JSON.stringify(Array(length).fill(2))),
  ...[4096, 4097].map((length) => JSON.stringify(Array(length).fill([1, 37]))),
];

function literalsFor(request: Request, name: string, { handles, texts }: Subjects): readonly string[] {
  const honest = (request as unknown as Record<string, unknown>)[name];
  if (name === "handle") return [...Object.values(handles).map(String), ...NUMBERS, ...NO_NUMBERS];
  if (name === "command") return ['"get"', '"set"', '"wait"', '"steal"', '""', "null", "0"];
  if (typeof honest === "number") return [...NUMBERS, ...NO_NUMBERS];
  if (typeof honest === "boolean") return FLAGS;
  if (Array.isArray(honest)) return LISTS;
  return [...texts.map((text) => JSON.stringify(text)), "null", "0", "[]"];
}

function withLiterals(request: Request, literals: ReadonlyMap<string, string>): string {
  const fields = Object.entries(request).map(
    ([name, value]) => `${JSON.stringify(name)}:${literals.get(name) ?? JSON.stringify(value)}`,
  );
  return `{${fields.join(",")}}`;
}

/** Nothing that is anyone's but the test's is named: were there a hole, it would be removed. */
export function hostileTexts(scratch: string): readonly string[] {
  const bases = [
    "/data",
    "/readonly",
    "/data/nested",
    "/one.txt",
    "/data/file",
    "/data/directory",
    "/data/out",
    "/data/self",
    scratch,
    `${scratch}/outside`,
  ];
  const endings = [
    "",
    "/",
    "/.",
    "/..",
    "/new",
    "/secret",
    "/directory/file",
    "/../outside/secret",
    "//file",
    "/\0",
    "\0/../../outside/secret",
    "/\ud800",
    "/\udfff\ud800x",
    "/é\n\u001b[2J",
  ];
  const lengths = [255, 256, 4000, 4095, 4096, 4097];
  return [
    ...bases.flatMap((base) => endings.map((ending) => base + ending)),
    ...lengths.flatMap((length) => [`/data/${"x".repeat(length)}`, `/data${"/x".repeat(length / 2)}`.slice(0, length)]),
    ...[
      "",
      "/",
      "//",
      ".",
      "..",
      "../outside/secret",
      "out/secret",
      "module",
      "package",
      "stolen",
      "data.txt",
      ".env",
      "../.env",
      "/proc/self/environ",
      "/proc/self/fd/3",
      "__proto__",
    ],
  ];
}
