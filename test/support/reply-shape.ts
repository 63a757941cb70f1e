import { DATA_WINDOW_BYTES, ERRNO_NAMES, INLINE_BYTES, type Request } from "../../src/protocol/messages.ts";

/** A reply as the broker gives it to its channel. */
export interface GivenReply {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly bytes: Uint8Array;
}

/** What is wrong with a reply to such a request: null when it is one that a cell can read. */
export function faultOf(op: Request["op"], { fields, bytes }: GivenReply): string | null {
  const names = Object.keys(fields).toSorted().join();
  if ("errno" in fields) {
    if (names !== "errno" && names !== "errno,reason") return `the fields of a failure are ${names}`;
    return KNOWN_ERRORS.has(fields["errno"]) ? null : `the error is ${fields["errno"]}`;
  }
  if (!(REPLIES[op] ?? [""]).includes(names)) return `the fields are ${names}`;
  if (!isCarried(fields)) return "JSON cannot carry it";
  if (Number(fields["windowLength"] ?? 0) > DATA_WINDOW_BYTES) return "it is larger than the window";
  return bytes.length > INLINE_BYTES && !UNBOUNDED.has(op) ? `${bytes.length} bytes come with it` : null;
}

const KNOWN_ERRORS: ReadonlySet<unknown> = new Set(ERRNO_NAMES);

/** Their bytes are as long as what they are of. */
const UNBOUNDED: ReadonlySet<Request["op"]> = new Set<Request["op"]>([
  "archive-list",
  "list",
  "module",
  "resource",
  "history-load",
  "tls-roots",
  "tls-exchange",
]);

const TLS_STATUS = "closed,connection,ended,failure,keylog,pending,sending,state";
const STATUS = "accessedMs,blocks,changedMs,device,group,inode,links,mode,modifiedMs,size,user";
/** The fields of replies that have any, in order. */
const REPLIES: { readonly [Op in Request["op"]]?: readonly string[] } = {
  read: ["", "windowLength"],
  write: ["written"],
  poll: ["ready"],
  seek: ["position"],
  pipe: ["reader,writer"],
  socket: ["handle"],
  "socket-pair": ["first,second"],
  "socket-error": ["error", "error,reason"],
  "socket-names": ["local,peer"],
  lookup: ["handle"],
  "tls-context": ["", "context", "failure"],
  "tls-engine": ["engine"],
  "tls-handshake": [TLS_STATUS],
  "tls-finish": [TLS_STATUS],
  "tls-status": [TLS_STATUS],
  "tls-exchange": ["ciphertextLength,closed,connection,consumed,ended,failure,keylog,pending,sending,state,written"],
  "tls-session": ["session"],
  xhr: ["handle"],
  terminal: ["handle"],
  timer: ["delayMs,intervalMs"],
  module: ["kind", "kind,path"],
  resource: ["found"],
  "index-project": ["found"],
  "index-metadata": ["found"],
  provide: ["advice,isUnknown,kind", "archives,kind", "kind,reason"],
  install: ["archives,kind,packages", "kind,reason"],
  "archive-read": ["", "windowLength"],
  figure: ["path"],
  open: ["handle,status"],
  pread: ["", "windowLength"],
  pwrite: ["written"],
  stat: [STATUS],
  fstat: [STATUS],
  lock: ["type"],
  readlink: ["target"],
  statfs: ["availableBlocks,blockBytes,blocks,files,freeBlocks,freeFiles"],
};

/** No undefined and no NaN, all the way down. */
function isCarried(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value === "object" && value !== null ? Object.values(value).every(isCarried) : value !== undefined;
}
