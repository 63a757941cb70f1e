/**
 * Every message between broker and cell, on one page.
 *
 * A cell is one synchronous thread: it writes one request frame, then blocks until its one reply frame
 * has come. The broker never speaks first. Requests are hostile input: `parseRequest` accepts exactly the
 * shapes below and nothing else.
 */

/**
 * The hidden first argument with which woma's executable becomes a cell. The broker's pid follows, the stage, the
 * urgency, and a checkout's snapshot.
 */
export const CELL_ARGUMENT = "__woma-cell";

/**
 * How far a cell is to its wall: it gives up what must be given up before an exec and starts itself again, then locks
 * itself and starts an interpreter. `insecure` does neither, because the user said so.
 */
export type CellStage = "launch" | "lock" | "insecure";

/** Whether somebody waits for the cell; a spare takes its time, to be the quicker when it is called for. */
export type CellUrgency = "urgent" | "spare";

/** Shared memory on the cell's fd 3: one page whose byte 0 is a pending signal number, then the data window. */
export const SIGNAL_PAGE_BYTES = 4096;
export const DATA_WINDOW_BYTES = 1 << 20;
export const SHARED_BYTES = SIGNAL_PAGE_BYTES + DATA_WINDOW_BYTES;

/** Payloads above this go through the data window instead of the frame. */
export const INLINE_BYTES = 16 * 1024;

/** Linux errno names a reply may carry; each side has its own numbers for them. */
export const ERRNO_NAMES = [
  "EACCES",
  "EADDRNOTAVAIL",
  "EAFNOSUPPORT",
  "EAGAIN",
  "EALREADY",
  "EBADF",
  "EBUSY",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EDEADLOCK",
  "EDQUOT",
  "EEXIST",
  "EFBIG",
  "EHOSTUNREACH",
  "EINPROGRESS",
  "EINTR",
  "EINVAL",
  "EIO",
  "EISCONN",
  "EISDIR",
  "ELOOP",
  "EMFILE",
  "EMLINK",
  "ENAMETOOLONG",
  "ENETUNREACH",
  "ENFILE",
  "ENODEV",
  "ENOENT",
  "ENOLCK",
  "ENOMEM",
  "ENOSPC",
  "ENOSYS",
  "ENOTCONN",
  "ENOTDIR",
  "ENOTEMPTY",
  "ENOTSOCK",
  "ENOTTY",
  "ENXIO",
  "EOPNOTSUPP",
  "EOVERFLOW",
  "EPERM",
  "EPIPE",
  "EPROTONOSUPPORT",
  "EROFS",
  "ESPIPE",
  "ESTALE",
  "ETIMEDOUT",
  "ETXTBSY",
  "EXDEV",
] as const;

export type ErrnoName = (typeof ERRNO_NAMES)[number];

type Check<T> = (value: unknown) => value is T;

const count = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const integer = (value: unknown): value is number => Number.isSafeInteger(value);
const milliseconds = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= -1;
const flag = (value: unknown): value is boolean => typeof value === "boolean";
const LONGEST_TEXT = 4096;
const text = (value: unknown): value is string => typeof value === "string" && value.length <= LONGEST_TEXT;
const path = (value: unknown): value is string =>
  text(value) && value.startsWith("/") && !value.includes("\0") && value.isWellFormed();
const linkTarget = (value: unknown): value is string =>
  text(value) && value !== "" && !value.includes("\0") && value.isWellFormed();
const timestamp = (value: unknown): value is number | null =>
  value === null || (Number.isFinite(value) && Math.abs(value as number) < 2 ** 53);
const signalList = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= 64 && value.every(count);
const pollList = (value: unknown): value is [number, number][] =>
  Array.isArray(value) &&
  value.length <= 4096 &&
  value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(count));

const ipVersion = (value: unknown): value is 4 | 6 => value === 4 || value === 6;
const anyVersion = (value: unknown): value is 0 | 4 | 6 => value === 0 || ipVersion(value);
const port = (value: unknown): value is number => count(value) && value <= 65535;
const hostText = (value: unknown): value is string => text(value) && !value.includes("\0") && value.isWellFormed();
const socketOption = (value: unknown): value is "no-delay" | "keep-alive" =>
  value === "no-delay" || value === "keep-alive";

/** Longer than servers take. */
const LONGEST_URL = 256 * 1024;
const MOST_HEADERS = 256;
const LONGEST_HEADER = 16 * 1024;
const MOST_HEADER_TEXT = 64 * 1024;
const urlText = (value: unknown): value is string =>
  typeof value === "string" && value.length <= LONGEST_URL && value.isWellFormed();
const headerPair = (value: unknown): value is [string, string] =>
  Array.isArray(value) &&
  value.length === 2 &&
  value.every((part) => typeof part === "string" && part.length <= LONGEST_HEADER);
const headerList = (value: unknown): value is [string, string][] =>
  Array.isArray(value) &&
  value.length <= MOST_HEADERS &&
  value.every(headerPair) &&
  value.reduce((sum, [name, text]) => sum + name.length + text.length, 0) <= MOST_HEADER_TEXT;
const redirectMode = (value: unknown): value is "follow" | "error" | "manual" =>
  value === "follow" || value === "error" || value === "manual";
const xhrRules = (value: unknown): value is XhrRules => value === "page" || value === "program";

const MOST_REQUIREMENTS = 256;
const textList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length <= MOST_REQUIREMENTS && value.every(text);
const lockCommand = (value: unknown): value is "get" | "set" | "wait" =>
  value === "get" || value === "set" || value === "wait";
const nullOr =
  <T>(check: Check<T>): Check<T | null> =>
  (value): value is T | null =>
    value === null || check(value);

const shapes = {
  /** In place of `hello`: the wall could not be built, and nothing is run. Not answered. */
  unconfined: { reason: text },
  /** First request: the interpreter is ready. Answered with a Start when there is something to run. */
  hello: { restored: flag, bootMs: milliseconds },
  /** Up to `length` bytes of a handle; empty at its end. */
  read: { handle: count, length: count, nonBlocking: flag },
  /** Bytes in the frame, or the first `windowLength` bytes of the data window. */
  write: { handle: count, nonBlocking: flag, windowLength: count },
  /** Blocks until a handle is ready; -1 waits for ever. Events and results are poll(2)'s bits. */
  poll: { want: pollList, timeoutMs: milliseconds },
  /** Terminal control, passed through raw: Linux's numbers and structures. */
  ioctl: { handle: count, request: count, argument: integer },
  close: { handle: count },
  /** lseek(2), of a stream that is a file. */
  seek: { handle: count, offset: integer, whence: count },
  /** A new pipe(2). */
  pipe: {},
  /** socket(2): a TCP socket for that version of IP, connected to nothing. */
  socket: { version: ipVersion },
  /** socketpair(2) of two streams. */
  "socket-pair": {},
  /** connect(2), to an address in its plain spelling; EINPROGRESS when it must not wait. */
  connect: { handle: count, address: text, port, nonBlocking: flag },
  /** How a connection that was begun, or held, has failed: SO_ERROR, which is then forgotten. */
  "socket-error": { handle: count },
  /** getsockname(2) and getpeername(2). */
  "socket-names": { handle: count },
  "socket-option": { handle: count, option: socketOption, value: count },
  /** recv(2) with MSG_PEEK: up to so many bytes, which stay. */
  peek: { handle: count, length: count, nonBlocking: flag },
  /** shutdown(2): 0 no more reads, 1 no more writes, 2 neither. */
  shutdown: { handle: count, how: count },
  /**
   * Looks a name up, if the program may connect to it, on that port or on any. The handle's bytes, then its end, are a
   * LookupResult as JSON.
   */
  lookup: { name: hostText, version: anyVersion, port: nullOr(port) },
  /** A piece of an SSLContext's settings (TlsSettings as JSON); the last one makes a context of them. */
  "tls-context": { last: flag },
  /** The certificates that are trusted by default, in PEM. */
  "tls-roots": {},
  /** A connection speaks TLS from now on: its reads and writes are plaintext. A session is one from before, or 0. */
  "tls-start": { handle: count, context: count, hostname: nullOr(hostText), session: count },
  /** TLS without a connection, for `tls-exchange`. */
  "tls-engine": { context: count, hostname: nullOr(hostText), session: count },
  /** The handshake of a connection, or a wait until it has ended; ETIMEDOUT when it takes longer. */
  "tls-handshake": { handle: count, timeoutMs: milliseconds },
  /** The end of TLS on a connection: says so, waits until the peer has, and leaves the connection as it was. */
  "tls-finish": { handle: count, timeoutMs: milliseconds },
  /** The same without a word to the peer. */
  "tls-abandon": { handle: count },
  /** How TLS on a connection is. */
  "tls-status": { handle: count },
  /**
   * One step of an engine. The bytes are ciphertext from the peer, which may have `ended` there, then plaintext to encrypt.
   * Answered with ciphertext for the peer, then its plaintext.
   */
  "tls-exchange": { handle: count, ciphertextLength: count, ended: flag, close: flag },
  /** A handle for a connection's session, whose bytes are answered, in BoringSSL's ASN.1; 0 for none. */
  "tls-session": { handle: count },
  /**
   * An HTTP request, sent when `bodyBytes` have been written to the handle. What is read of that is an XhrHead as a line
   * of JSON, then the answer's body to its end; ETIMEDOUT, ECONNRESET and EIO (it cannot be decompressed) where it is cut.
   * The timeout is a page's: for all of the answer; or a program's: for as long as nothing comes. 0 is none.
   */
  xhr: {
    method: text,
    url: urlText,
    headers: headerList,
    bodyBytes: count,
    timeoutMs: count,
    redirect: redirectMode,
    rules: xhrRules,
  },
  /** The user's terminal, whatever the streams are: /dev/tty. ENXIO when there is none. */
  terminal: {},
  /** One real-time interval timer, as setitimer(2); a delay of 0 stops it. A query only asks what is left. */
  timer: { delayMs: milliseconds, intervalMs: milliseconds, query: flag },
  /** The signals that Python code handles or ignores itself; the broker ends the cell for the others. */
  signals: { handled: signalList, ignored: signalList },
  /** A module beside the script, by dotted name. */
  module: { name: text },
  /** A package data file beside the script: the package's dotted name and a path below it. */
  resource: { package: text, path: text },
  /** First of all from a cell that resolves requirements: the index that micropip asks when none is configured. */
  "index-default": { url: text },
  /** Of such a cell: a project's files on the indexes, as JSON; asked again, those of the indexes after that. */
  "index-project": { name: text },
  /** The METADATA of one of these files. */
  "index-metadata": { project: text, file: text },
  /** What it came to, as JSON; not answered. */
  resolution: {},
  /** A module that nothing in the cell has: the wheels of its package, should it be one of the distribution's. */
  provide: { module: text },
  /** Packages that the program asks for by name, as requirements (PEP 508). */
  install: { requirements: textList },
  /** What is in a mounted wheel: an ArchiveListing. */
  "archive-list": { archive: count },
  /** Its bytes as they lie in the archive. */
  "archive-read": { archive: count, position: count, length: count },
  /** A picture that the program shows, in PNG, in pieces of which `last` is the last; the reply says where it went. */
  figure: { last: flag },
  /** Of the cell that compiles: the next module of a wheel, then its code. */
  "compile-next": {},
  compiled: { archive: count, entry: text },
  /**
   * Files on mounts. Paths are the program's, absolute, without `.` and `..`; a link at their end is never followed, and
   * one on the way is ELOOP: the cell follows links itself. Flags and modes are Linux's.
   */
  open: { path, flags: count, mode: count },
  /** Like `read` and `write`, at a position; -1 appends to a file that was opened so. */
  pread: { handle: count, length: count, position: count },
  pwrite: { handle: count, windowLength: count, position: integer },
  stat: { path },
  fstat: { handle: count },
  /** access(2): 4, 2 and 1 for reading, writing and executing. */
  access: { path, mode: count },
  /** What is null stays. Times in ms since 1970. */
  change: { path, mode: nullOr(count), size: nullOr(count), accessedMs: timestamp, modifiedMs: timestamp },
  "change-open": {
    handle: count,
    mode: nullOr(count),
    size: nullOr(count),
    accessedMs: timestamp,
    modifiedMs: timestamp,
  },
  fsync: { handle: count },
  /** fcntl(2)'s record locks, as one process has them. */
  lock: { handle: count, command: lockCommand, type: count, whence: count, start: integer, length: count },
  /** flock(2): LOCK_SH 1, LOCK_EX 2, LOCK_NB 4, LOCK_UN 8. */
  flock: { handle: count, operation: count },
  mkdir: { path, mode: count },
  unlink: { path },
  rmdir: { path },
  rename: { path, to: path },
  symlink: { path, target: linkTarget },
  readlink: { path },
  /** Entries, one a line: type letter, inode, a space, the name with `\\` and line breaks escaped as JSON does. */
  list: { path },
  statfs: { path },
  /** A file that the program did not find, or make: the user may be told which flag would show it. */
  missing: { path: text },
  /** A module that a library of the program's did not find: the user may be told which package has it. */
  "missing-module": { module: text },
  /** The program ended of a MemoryError: the user is told of the limit. */
  "out-of-memory": {},
  /** The line editor's history, newest entry last; only while a prompt is open. */
  "history-load": {},
  "history-append": {},
  /**
   * Ends the cell: with an exit status, or as a program that died of a signal. `again` when a prompt was
   * asked for one entry and has run it.
   */
  exit: { status: count, signal: count, again: flag },
} as const;

type Fields<Shape> = { -readonly [Name in keyof Shape]: Shape[Name] extends Check<infer T> ? T : never };

/** A request, tagged by `op`. */
export type Request = { [Op in keyof typeof shapes]: { op: Op } & Fields<(typeof shapes)[Op]> }[keyof typeof shapes];
export type RequestOf<Op extends Request["op"]> = Extract<Request, { op: Op }>;

/** What a reply holds besides bytes, by request. A failed request is answered `{ errno }`. */
export interface Replies {
  unconfined: Record<string, never>;
  hello: Start;
  read: { readonly windowLength?: number };
  write: { readonly written: number };
  poll: { readonly ready: readonly (readonly [number, number])[] };
  ioctl: Record<string, never>;
  close: Record<string, never>;
  seek: { readonly position: number };
  pipe: { readonly reader: number; readonly writer: number };
  socket: { readonly handle: number };
  "socket-pair": { readonly first: number; readonly second: number };
  connect: Record<string, never>;
  "socket-error": { readonly error: ErrnoName | null; readonly reason?: string };
  "socket-names": { readonly local: SocketAddress | null; readonly peer: SocketAddress | null };
  "socket-option": Record<string, never>;
  peek: Record<string, never>;
  shutdown: Record<string, never>;
  lookup: { readonly handle: number };
  "tls-context": { readonly context?: number; readonly failure?: TlsFailure };
  "tls-roots": Record<string, never>;
  "tls-start": Record<string, never>;
  "tls-engine": { readonly engine: number };
  "tls-handshake": TlsStatus;
  "tls-finish": TlsStatus;
  "tls-abandon": Record<string, never>;
  "tls-status": TlsStatus;
  "tls-exchange": TlsStatus & {
    readonly consumed: number;
    readonly written: number;
    readonly ciphertextLength: number;
  };
  "tls-session": { readonly session: number };
  xhr: { readonly handle: number };
  terminal: { readonly handle: number };
  timer: { readonly delayMs: number; readonly intervalMs: number };
  signals: Record<string, never>;
  module: ModuleReply;
  resource: { readonly found: boolean };
  "index-default": Record<string, never>;
  "index-project": { readonly found: boolean };
  "index-metadata": { readonly found: boolean };
  resolution: Record<string, never>;
  provide: ProvideReply;
  install: InstallReply;
  "archive-list": Record<string, never>;
  "archive-read": { readonly windowLength?: number };
  figure: { readonly path: string | null };
  "compile-next": CompileReply;
  compiled: Record<string, never>;
  open: { readonly handle: number; readonly status: FileStatus };
  pread: { readonly windowLength?: number };
  pwrite: { readonly written: number };
  stat: FileStatus;
  fstat: FileStatus;
  access: Record<string, never>;
  change: Record<string, never>;
  "change-open": Record<string, never>;
  fsync: Record<string, never>;
  lock: { readonly type: number };
  flock: Record<string, never>;
  mkdir: Record<string, never>;
  unlink: Record<string, never>;
  rmdir: Record<string, never>;
  rename: Record<string, never>;
  symlink: Record<string, never>;
  readlink: { readonly target: string };
  list: Record<string, never>;
  statfs: FileSystemStatus;
  missing: Record<string, never>;
  "missing-module": Record<string, never>;
  "out-of-memory": Record<string, never>;
  "history-load": Record<string, never>;
  "history-append": Record<string, never>;
  exit: Record<string, never>;
}

/** An end of a connection; the address in its plain spelling. */
export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/** What came of a lookup: addresses in the order to try them in, or why there are none. */
export type LookupResult =
  | { readonly kind: "found"; readonly addresses: readonly string[] }
  | { readonly kind: "unknown" }
  /** No server could say; later one may. */
  | { readonly kind: "unanswered" }
  | { readonly kind: "refused"; readonly reason: string };

/** How TLS is with a peer. */
export interface TlsStatus {
  readonly state: "handshaking" | "open" | "failed";
  /** The peer has said that nothing more comes. */
  readonly closed: boolean;
  /** The connection has ended, perhaps without that word. */
  readonly ended: boolean;
  /** Something is still to be sent. */
  readonly sending: boolean;
  /** Bytes of plaintext that have come and have not been read. */
  readonly pending: number;
  readonly failure: TlsFailure | null;
  /** What was agreed, told once; null before, and after. */
  readonly connection: TlsConnection | null;
  /** Lines for a key log, for a context that asked for them. */
  readonly keylog: readonly string[];
}

/** Why TLS cannot go on, or a context cannot be made. */
export interface TlsFailure {
  readonly kind: "verification" | "protocol" | "ended" | "settings";
  /** OpenSSL's number of what is wrong with a certificate; else 0. */
  readonly code: number;
  /** In words for a certificate, else OpenSSL's name for it. */
  readonly reason: string;
}

export interface TlsConnection {
  readonly version: string;
  /** OpenSSL's name of the cipher suite. */
  readonly cipher: string;
  /** What ALPN chose. */
  readonly protocol: string | null;
  readonly reused: boolean;
  /** The first Finished message of the handshake, in hexadecimal (RFC 5929, 3); null in TLS 1.3. */
  readonly finished: string | null;
  /** The peer's certificate and those above it, as far as they are known, in DER and base64. */
  readonly certificates: readonly string[];
}

/** How a program reaches the network: by sockets, or by HTTP requests alone. */
export type Transport = "sockets" | "xhr";

/** Which headers a request may have: what browsers let pages set, or also what programs do that keep their own cookies. */
export type XhrRules = "page" | "program";

/** How an HTTP request ended; the reasons go on after "could not load URL: ". */
export type XhrHead =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly statusText: string;
      /** After redirects. */
      readonly url: string;
      readonly redirected: boolean;
      /** As received; those of the last answer. */
      readonly headers: readonly (readonly [string, string])[];
    }
  /** With node's code where there is one: ECONNREFUSED, ENOTFOUND … */
  | { readonly kind: "failed"; readonly code: string | null; readonly reason: string }
  | { readonly kind: "timed-out" }
  | { readonly kind: "refused"; readonly reason: string };

export type ModuleReply =
  | { readonly kind: "none" }
  | { readonly kind: "module" | "package"; readonly path: string }
  | { readonly kind: "namespace"; readonly path: string };

/**
 * Advice is what the user is told besides: another spelling, or the command that would get the package. `isUnknown` when
 * the distribution has neither such a module nor one of nearly that name.
 */
export type ProvideReply =
  | { readonly kind: "none"; readonly advice: string | null; readonly isUnknown: boolean }
  | { readonly kind: "mounted"; readonly archives: readonly ArchiveGrant[] }
  | { readonly kind: "refused"; readonly reason: string };

export type InstallReply =
  /** `packages` are all that the requirements came to, `name==version` each; some may have been there before. */
  | { readonly kind: "mounted"; readonly archives: readonly ArchiveGrant[]; readonly packages: readonly string[] }
  | { readonly kind: "refused"; readonly reason: string };

/** A wheel to mount, or a shared library's zip. */
export interface ArchiveGrant {
  /** A number for requests about it. */
  readonly archive: number;
  /** The package's name, normalized. */
  readonly package: string;
  readonly kind: "wheel" | "library";
  /** An archive of its modules' compiled code, by the modules' names in the wheel; null where there is none yet. */
  readonly bytecode: number | null;
}

export type CompileReply = CompileTask | { readonly done: true };

/** A module to compile: the file in the wheel, and the path that its code is to name. */
export interface CompileTask {
  readonly done: false;
  /** Wheels that are new. */
  readonly archives: readonly ArchiveGrant[];
  readonly archive: number;
  readonly entry: string;
  readonly path: string;
}

/** stat(2)'s fields; times in ms since 1970, with fractions. */
export interface FileStatus {
  readonly device: number;
  readonly inode: number;
  readonly mode: number;
  readonly links: number;
  readonly user: number;
  readonly group: number;
  readonly size: number;
  readonly blocks: number;
  readonly accessedMs: number;
  readonly modifiedMs: number;
  readonly changedMs: number;
}

/** statfs(2)'s. */
export interface FileSystemStatus {
  readonly blockBytes: number;
  readonly blocks: number;
  readonly freeBlocks: number;
  readonly availableBlocks: number;
  readonly files: number;
  readonly freeFiles: number;
}

/** With a reason the error's message says it: a limit and its value, or the flag that would allow it. */
export type Failure = { readonly errno: ErrnoName; readonly reason?: string };
export type ReplyTo<Op extends Request["op"]> = Replies[Op] | Failure;

/** What a cell is to run, and as what; the script's text follows as the reply's bytes. */
export interface Start {
  readonly program: Program;
  readonly argv: readonly string[];
  /** sys.orig_argv, without the executable. */
  readonly commandLine: readonly string[];
  readonly flags: InterpreterFlags;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly homeDirectory: string;
  /** IANA name, as JavaScript's Intl has it. */
  readonly timeZone: string;
  readonly streams: readonly StreamGrant[];
  /** Signals that woma was started with as ignored, as under nohup. */
  readonly ignoredSignals: readonly number[];
  /** Largest size of the interpreter's memory. */
  readonly memoryLimitBytes: number;
  readonly maximumOpenFiles: number;
  /** The user's files and directories that the program has, at these paths. */
  readonly mounts: readonly MountGrant[];
  readonly umask: number;
  readonly transport: Transport;
  /** What is mounted from the start, since the user asked for it. */
  readonly archives: readonly ArchiveGrant[];
  /** Directory whose modules may be imported through the broker; null when none may. */
  readonly neighbourDirectory: string | null;
  /** Which of the modules that an interpreter has from the start are shadowed by ones in that directory. */
  readonly shadowed: readonly string[];
}

export type Program =
  | { readonly kind: "command"; readonly code: string }
  | { readonly kind: "module"; readonly name: string }
  | { readonly kind: "script"; readonly path: string }
  /** A directory with a __main__.py. */
  | { readonly kind: "directory"; readonly path: string }
  | { readonly kind: "stdin" }
  /** woma's own: compiles modules of wheels for others. */
  | { readonly kind: "compile" }
  | { readonly kind: "prompt"; readonly once: boolean }
  /** The solver: its task is the source, as JSON. */
  | { readonly kind: "resolve" };

/** python3's own options, by the names of sys.flags. */
export interface InterpreterFlags {
  readonly inspect: boolean;
  readonly quiet: boolean;
  readonly unbuffered: boolean;
  readonly dontWriteBytecode: boolean;
  readonly ignoreEnvironment: boolean;
  readonly isolated: boolean;
  readonly safePath: boolean;
  readonly noUserSite: boolean;
  readonly noSite: boolean;
  readonly skipFirstLine: boolean;
  readonly optimize: number;
  readonly verbose: number;
  readonly bytesWarning: number;
  readonly warnOptions: readonly string[];
  readonly xOptions: readonly string[];
}

export interface MountGrant {
  readonly path: string;
  readonly kind: "directory" | "file";
}

export interface StreamGrant {
  readonly fd: 0 | 1 | 2;
  readonly handle: number;
  readonly kind: "terminal" | "pipe" | "file" | "device" | "socket";
}

/** Which error a request that the broker would not take for one is, for the program that asked for it; null for none. */
export function faultOf(request: Request): ErrnoName | null {
  const shape: Record<string, Check<unknown>> = shapes[request.op];
  for (const [name, value] of Object.entries(request)) {
    if (name === "op" || shape[name]?.(value)) continue;
    // A name that is not UTF-8 is none here.
    if (typeof value === "string") return value.length > LONGEST_TEXT ? "ENAMETOOLONG" : "ENOENT";
    return typeof value === "number" && Math.abs(value) >= Number.MAX_SAFE_INTEGER ? "EOVERFLOW" : "EINVAL";
  }
  return null;
}

/** Parses one request's JSON; null for anything that is not exactly one of the shapes. */
export function parseRequest(json: string): Request | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const fields = value as Record<string, unknown>;
  const op = fields["op"];
  if (typeof op !== "string" || !Object.hasOwn(shapes, op)) return null;
  const shape: Record<string, Check<unknown>> = shapes[op as keyof typeof shapes];
  const names = Object.keys(shape);
  if (Object.keys(fields).length !== names.length + 1) return null;
  for (const name of names) if (!shape[name]?.(fields[name])) return null;
  return value as Request;
}
