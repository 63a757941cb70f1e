import type { CompileReply, InstallReply, ProvideReply, Replies, RequestOf } from "../../protocol/messages.ts";
import type { ProcessContext, Reply } from "./process-context.ts";
import { replyWithRead } from "./read-reply.ts";

/** The requests about packages. */
export type PackageRequest = RequestOf<
  "provide" | "install" | "archive-list" | "archive-read" | "figure" | "compile-next" | "compiled"
>;

export function dispatchPackage(
  process: ProcessContext,
  request: PackageRequest,
  bytes: Uint8Array,
  reply: Reply,
): void {
  switch (request.op) {
    case "provide":
      return wait(process, reply, { op: "provide", act: (signal) => process.packages.provide(request.module, signal) });
    case "install":
      return wait(process, reply, {
        op: "install",
        act: (signal) => process.packages.install(request.requirements, signal),
      });
    case "archive-list": {
      const listing = process.archives.list(request.archive);
      if (listing === undefined) return reply("archive-list", { errno: "EBADF" });
      return reply("archive-list", {}, new TextEncoder().encode(listing));
    }
    case "archive-read":
      return read(process, request, reply);
    case "figure":
      return reply("figure", { path: process.figures.receive(bytes, request.last) });
    case "compile-next":
    case "compiled":
      return compile(process, request, bytes, reply);
  }
}

/** In a cell that runs a program of somebody's, they are refused. */
function compile(
  process: ProcessContext,
  request: RequestOf<"compile-next" | "compiled">,
  bytes: Uint8Array,
  reply: Reply,
): void {
  const { compiler } = process;
  if (compiler === null) return reply(request.op, { errno: "EPERM" });
  if (request.op === "compile-next") return wait(process, reply, { op: request.op, act: () => compiler.next() });
  compiler.finished(request.archive, request.entry, bytes);
  reply(request.op, {});
}

interface Task {
  readonly op: "provide" | "install" | "compile-next";
  act(signal: AbortSignal): Promise<ProvideReply | InstallReply | CompileReply>;
}

/** Answers when it is done; a signal, or the program's end, stops it. */
function wait(process: ProcessContext, reply: Reply, { op, act }: Task): void {
  const stopping = new AbortController();
  let outcome: { readonly fields: Replies[Task["op"]] } | { readonly error: unknown } | undefined;
  const settle = (result: typeof outcome) => {
    outcome = result;
    process.waiters.wake();
  };
  act(stopping.signal).then(
    (fields) => settle({ fields }),
    (error: unknown) => settle({ error }),
  );
  process.waiters.wait(
    () => outcome,
    -1,
    process.signalPending,
    (result) => {
      if (result === "interrupted" || result === "timeout") {
        stopping.abort();
        return reply(op, { errno: "EINTR" });
      }
      // What can go wrong is in the reply; anything else is a defect of woma's.
      if ("error" in result) throw result.error;
      reply(op, result.fields);
    },
  );
}

function read(process: ProcessContext, request: RequestOf<"archive-read">, reply: Reply): void {
  const archive = process.archives.get(request.archive);
  if (archive === undefined) return reply("archive-read", { errno: "EBADF" });
  try {
    replyWithRead(process, request, (target) => archive.readAt(target, request.position), reply);
  } catch {
    reply("archive-read", { errno: "EIO" });
  }
}
