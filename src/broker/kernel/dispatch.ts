import { INLINE_BYTES, type Request, type RequestOf } from "../../protocol/messages.ts";
import { dispatchFile, hasRoom } from "./file-requests.ts";
import { POLLNVAL } from "./objects.ts";
import { dispatchPackage } from "./package-requests.ts";
import { createPipe } from "./pipe.ts";
import type { ProcessContext, Reply } from "./process-context.ts";
import { dispatchResolver } from "./resolver-requests.ts";
import { dispatchSocket } from "./socket-requests.ts";
import { dispatchTls } from "./tls-requests.ts";
import { dispatchXhr } from "./xhr-requests.ts";

/** Checks one request and carries it out; `reply` is called once, now or when what is waited for comes. */
export function dispatch(process: ProcessContext, request: Request, bytes: Uint8Array, reply: Reply): void {
  switch (request.op) {
    case "hello":
      return process.onHello(request);
    case "unconfined":
      return process.onUnconfined(request);
    case "read":
      return read(process, request, reply);
    case "write":
      return write(process, request, bytes, reply);
    case "poll":
      return poll(process, request, reply);
    case "ioctl":
      return control(process, request, bytes, reply);
    case "close":
      return reply("close", process.handles.close(request.handle) ? {} : { errno: "EBADF" });
    case "seek": {
      const position = process.handles.get(request.handle)?.seek?.(request.offset, request.whence) ?? "ESPIPE";
      return reply("seek", typeof position === "string" ? { errno: position } : { position });
    }
    case "pipe": {
      if (!hasRoom(process, 2, request.op, reply)) return;
      const { reader, writer } = createPipe(() => process.waiters.wake());
      return reply("pipe", { reader: process.handles.open(reader), writer: process.handles.open(writer) });
    }
    case "terminal": {
      if (!hasRoom(process, 1, request.op, reply)) return;
      const terminal = process.openTerminal();
      return reply("terminal", terminal === null ? { errno: "ENXIO" } : { handle: process.handles.open(terminal) });
    }
    case "socket":
    case "socket-pair":
    case "connect":
    case "socket-error":
    case "socket-names":
    case "socket-option":
    case "shutdown":
    case "peek":
    case "lookup":
      return dispatchSocket(process, request, reply);
    case "tls-context":
    case "tls-roots":
    case "tls-start":
    case "tls-engine":
    case "tls-handshake":
    case "tls-finish":
    case "tls-abandon":
    case "tls-status":
    case "tls-exchange":
    case "tls-session":
      return dispatchTls(process, request, bytes, reply);
    case "xhr":
      return dispatchXhr(process, request, reply);
    case "timer":
      return reply(
        "timer",
        request.query ? process.timer.left() : process.timer.set(request.delayMs, request.intervalMs),
      );
    case "signals":
      process.onSignals(request.handled, request.ignored);
      return reply("signals", {});
    case "module": {
      const found = process.neighbours?.module(request.name);
      return reply("module", found?.reply ?? { kind: "none" }, found?.bytes);
    }
    case "resource": {
      const found = process.neighbours?.resource(request.package, request.path) ?? null;
      return reply("resource", { found: found !== null }, found ?? undefined);
    }
    case "index-default":
    case "index-project":
    case "index-metadata":
    case "resolution":
      return dispatchResolver(process.resolver, request, bytes, reply);
    case "provide":
    case "install":
    case "archive-list":
    case "archive-read":
    case "figure":
    case "compile-next":
    case "compiled":
      return dispatchPackage(process, request, bytes, reply);
    case "history-load":
      return reply("history-load", {}, process.history?.load());
    case "history-append":
      process.history?.append(bytes);
      return reply("history-append", {});
    case "missing":
      process.onMissing(request.path);
      return reply("missing", {});
    case "missing-module":
      process.onMissingModule(request.module);
      return reply("missing-module", {});
    case "out-of-memory":
      process.onOutOfMemory();
      return reply("out-of-memory", {});
    case "exit":
      return process.onExit(request);
    default:
      return dispatchFile(process, request, bytes, reply);
  }
}

function read(process: ProcessContext, request: RequestOf<"read">, reply: Reply): void {
  const object = process.handles.get(request.handle);
  if (object === undefined) return reply("read", { errno: "EBADF" });
  const limit = Math.min(request.length, process.window?.length ?? INLINE_BYTES);
  const take = () => object.read(limit);
  process.waiters.wait(take, request.nonBlocking ? 0 : -1, process.signalPending, (taken) => {
    if (taken === "timeout") return reply("read", { errno: "EAGAIN" });
    if (taken === "interrupted") return reply("read", { errno: "EINTR" });
    if (typeof taken === "string") return reply("read", { errno: taken });
    if ("errno" in taken) return reply("read", taken);
    if (taken.length <= INLINE_BYTES || process.window === null) return reply("read", {}, taken);
    process.window.set(taken);
    reply("read", { windowLength: taken.length });
  });
}

function write(process: ProcessContext, request: RequestOf<"write">, inline: Uint8Array, reply: Reply): void {
  const object = process.handles.get(request.handle);
  if (object === undefined) return reply("write", { errno: "EBADF" });
  if (request.windowLength > (process.window?.length ?? 0)) return reply("write", { errno: "EINVAL" });
  const bytes =
    request.windowLength > 0 && process.window !== null ? process.window.subarray(0, request.windowLength) : inline;
  const put = () => object.write(bytes);
  process.waiters.wait(put, request.nonBlocking ? 0 : -1, process.signalPending, (written) => {
    if (written === "timeout") return reply("write", { errno: "EAGAIN" });
    if (written === "interrupted") return reply("write", { errno: "EINTR" });
    if (typeof written === "string") return reply("write", { errno: written });
    reply("write", typeof written === "number" ? { written } : written);
  });
}

function poll(process: ProcessContext, request: RequestOf<"poll">, reply: Reply): void {
  const look = () => {
    const ready: [number, number][] = [];
    for (const [handle, events] of request.want) {
      const bits = process.handles.get(handle)?.readiness(events, request.timeoutMs !== 0) ?? POLLNVAL;
      if (bits !== 0) ready.push([handle, bits]);
    }
    return ready.length > 0 ? ready : undefined;
  };
  process.waiters.wait(look, request.timeoutMs, process.signalPending, (ready) => {
    if (ready === "interrupted") return reply("poll", { errno: "EINTR" });
    reply("poll", { ready: ready === "timeout" ? [] : ready });
  });
}

function control(process: ProcessContext, request: RequestOf<"ioctl">, bytes: Uint8Array, reply: Reply): void {
  const object = process.handles.get(request.handle);
  if (object === undefined) return reply("ioctl", { errno: "EBADF" });
  const result = object.control(request.request, request.argument, bytes);
  if (typeof result === "string") return reply("ioctl", { errno: result });
  reply("ioctl", {}, result);
}
