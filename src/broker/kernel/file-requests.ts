import type { Request, RequestOf } from "../../protocol/messages.ts";
import { errnoNameOf, KernelError } from "./errno.ts";
import type { Files } from "./files.ts";
import { HostFile } from "./host-file.ts";
import type { ProcessContext, Reply } from "./process-context.ts";
import { replyWithRead } from "./read-reply.ts";

/** The requests about files on mounts. */
export type FileRequest = RequestOf<
  | "open"
  | "pread"
  | "pwrite"
  | "stat"
  | "fstat"
  | "access"
  | "change"
  | "change-open"
  | "fsync"
  | "lock"
  | "flock"
  | "mkdir"
  | "unlink"
  | "rmdir"
  | "rename"
  | "symlink"
  | "readlink"
  | "list"
  | "statfs"
>;

/** Carries one out; whatever the host refuses is the reply. */
export function dispatchFile(process: ProcessContext, request: FileRequest, bytes: Uint8Array, reply: Reply): void {
  try {
    if (process.files === null) throw new KernelError("ENOENT");
    perform(process, process.files, { request, bytes, reply });
  } catch (error) {
    refuse(request.op, error, reply);
  }
}

const LOCK_NB = 4;

interface Task {
  readonly request: FileRequest;
  readonly bytes: Uint8Array;
  readonly reply: Reply;
}

function perform(process: ProcessContext, files: Files, { request, bytes, reply }: Task): void {
  switch (request.op) {
    case "open": {
      refuseManyHandles(process);
      const { file, status } = files.open(request);
      return reply("open", { handle: process.handles.open(file), status });
    }
    case "pread":
      return read(process, request, reply);
    case "pwrite": {
      const given = request.windowLength > 0 ? windowPart(process, request.windowLength) : bytes;
      return reply("pwrite", { written: files.write(fileOf(process, request.handle), given, request.position) });
    }
    case "stat":
      return reply("stat", files.stat(request.path));
    case "fstat":
      return reply("fstat", files.fstat(fileOf(process, request.handle)));
    case "access":
      files.access(request.path, request.mode);
      return reply("access", {});
    case "change":
      files.change(request);
      return reply("change", {});
    case "change-open":
      files.changeOpen(fileOf(process, request.handle), request);
      return reply("change-open", {});
    case "fsync":
      files.sync(fileOf(process, request.handle));
      return reply("fsync", {});
    case "lock": {
      const file = fileOf(process, request.handle);
      const attempt = () => files.lock(file, request);
      const done = (type: number) => reply("lock", { type });
      return waitForLock(process, "lock", { waits: request.command === "wait", attempt, done }, reply);
    }
    case "flock": {
      const file = fileOf(process, request.handle);
      const attempt = () => files.flock(file, request.operation);
      const waits = (request.operation & LOCK_NB) === 0;
      return waitForLock(process, "flock", { waits, attempt, done: () => reply("flock", {}) }, reply);
    }
    case "mkdir":
      files.mkdir(request.path, request.mode);
      return reply("mkdir", {});
    case "unlink":
      files.remove(request.path, "file");
      return reply("unlink", {});
    case "rmdir":
      files.remove(request.path, "directory");
      return reply("rmdir", {});
    case "rename":
      files.rename(request.path, request.to);
      return reply("rename", {});
    case "symlink":
      files.symlink(request.path, request.target);
      return reply("symlink", {});
    case "readlink":
      return reply("readlink", { target: files.readlink(request.path) });
    case "list":
      return reply("list", {}, new TextEncoder().encode(files.list(request.path)));
    case "statfs":
      return reply("statfs", files.statfs(request.path));
  }
}

/** How often a lock that another has is tried again: the system tells nobody when it becomes free. */
const LOCK_RETRY_MS = 5;

/** `attempt` is tried until it has an answer, once only when the lock is not to be waited for. */
interface LockAttempt<T> {
  readonly waits: boolean;
  /** Undefined while another has the lock. */
  attempt(): T | undefined;
  done(answer: T): void;
}

function waitForLock<T>(process: ProcessContext, op: Request["op"], lock: LockAttempt<T>, reply: Reply): void {
  let retry: ReturnType<typeof setTimeout> | undefined;
  // The cell may be gone meanwhile.
  const tryAgain = () => {
    if (!process.waiters.idle) process.waiters.wake();
  };
  const attempt = (): { answer: T } | { error: unknown } | undefined => {
    clearTimeout(retry);
    try {
      const answer = lock.attempt();
      if (answer !== undefined) return { answer };
      retry = setTimeout(tryAgain, LOCK_RETRY_MS);
      return undefined;
    } catch (error) {
      return { error };
    }
  };
  process.waiters.wait(attempt, lock.waits ? -1 : 0, process.signalPending, (outcome) => {
    clearTimeout(retry);
    if (outcome === "timeout") return reply(op, { errno: "EAGAIN" });
    if (outcome === "interrupted") return reply(op, { errno: "EINTR" });
    if ("error" in outcome) return refuse(op, outcome.error, reply);
    lock.done(outcome.answer);
  });
}

function read(process: ProcessContext, request: RequestOf<"pread">, reply: Reply): void {
  const file = fileOf(process, request.handle);
  replyWithRead(process, request, (target) => file.readAt(target, request.position), reply);
}

function windowPart({ window }: ProcessContext, length: number): Uint8Array {
  if (window === null || length > window.length) throw new KernelError("EINVAL");
  return window.subarray(0, length);
}

function fileOf(process: ProcessContext, handle: number): HostFile {
  const object = process.handles.get(handle);
  if (!(object instanceof HostFile)) throw new KernelError("EBADF");
  return object;
}

/** Whether so many more handles can be opened; else the request has been answered. */
export function hasRoom(process: ProcessContext, wanted: number, op: Request["op"], reply: Reply): boolean {
  try {
    refuseManyHandles(process, wanted);
    return true;
  } catch (error) {
    refuse(op, error, reply);
    return false;
  }
}

/** A limit's error says which, and what it is. */
function refuseManyHandles({ handles }: ProcessContext, wanted = 1): void {
  if (handles.room >= wanted) return;
  throw new KernelError("EMFILE", `the program may have ${handles.maximum} open; allow more with --max-open-files`);
}

export function refuse(op: Request["op"], error: unknown, reply: Reply): void {
  const errno = errnoNameOf(error);
  const reason = error instanceof KernelError ? error.reason : undefined;
  reply(op, reason === undefined ? { errno } : { errno, reason });
}
