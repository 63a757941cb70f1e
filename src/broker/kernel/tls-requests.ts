import type { ErrnoName, Failure, RequestOf, TlsStatus } from "../../protocol/messages.ts";
import { KernelError } from "./errno.ts";
import { hasRoom, refuse } from "./file-requests.ts";
import type { ProcessContext, Reply } from "./process-context.ts";
import { defaultRootsText, TlsContext } from "./tls-context.ts";
import { TlsEngine, type TlsPeer } from "./tls-engine.ts";
import { TlsMemory } from "./tls-memory.ts";
import { TlsSession } from "./tls-session.ts";
import type { TlsSettings } from "./tls-settings.ts";
import { type TlsProgress, TlsStream } from "./tls-stream.ts";

/** The requests about TLS. */
export type TlsRequest = RequestOf<
  | "tls-context"
  | "tls-roots"
  | "tls-start"
  | "tls-engine"
  | "tls-handshake"
  | "tls-finish"
  | "tls-abandon"
  | "tls-status"
  | "tls-exchange"
  | "tls-session"
>;

/** Carries one out; whatever cannot be done is the reply. */
export function dispatchTls(process: ProcessContext, request: TlsRequest, bytes: Uint8Array, reply: Reply): void {
  try {
    perform(process, request, bytes, reply);
  } catch (error) {
    refuse(request.op, error, reply);
  }
}

function perform(process: ProcessContext, request: TlsRequest, bytes: Uint8Array, reply: Reply): void {
  switch (request.op) {
    case "tls-context": {
      const settings = process.tlsContexts.receive(bytes, request.last);
      if (settings === null) return reply("tls-context", {});
      return withRoots(process, request.op, reply, (roots) => makeContext(process, settings, roots, reply));
    }
    case "tls-roots":
      return withRoots(process, request.op, reply, (roots) => {
        reply("tls-roots", {}, new TextEncoder().encode(defaultRootsText(roots)));
      });
    case "tls-start": {
      const object = process.handles.get(request.handle);
      if (object === undefined) throw new KernelError("EBADF");
      if (object instanceof TlsStream || object.kind !== "socket") throw new KernelError("EINVAL");
      process.handles.replace(request.handle, new TlsStream(object, makeEngine(process, request)));
      return reply("tls-start", {});
    }
    case "tls-engine": {
      if (!hasRoom(process, 1, request.op, reply)) return;
      return reply("tls-engine", { engine: process.handles.open(new TlsMemory(makeEngine(process, request))) });
    }
    case "tls-handshake":
      return progress(process, request, reply, (stream) => stream.handshake());
    case "tls-finish":
      return finish(process, request, reply);
    case "tls-abandon":
      process.handles.replace(request.handle, streamOf(process, request.handle).release());
      return reply("tls-abandon", {});
    case "tls-status":
      return reply("tls-status", statusOf(streamOf(process, request.handle)));
    case "tls-exchange":
      return exchange(process, request, bytes, reply);
    case "tls-session": {
      if (!hasRoom(process, 1, request.op, reply)) return;
      const session = openEngineOf(process, request.handle).session();
      if (session === null) return reply("tls-session", { session: 0 });
      return reply("tls-session", { session: process.handles.open(new TlsSession(session)) }, session);
    }
  }
}

/** The user's certificates may have to be read first. */
function withRoots(
  process: ProcessContext,
  op: "tls-context" | "tls-roots",
  reply: Reply,
  act: (roots: string | null) => void,
): void {
  let outcome: { readonly roots: string | null } | { readonly error: unknown } | undefined;
  const settle = (result: typeof outcome) => {
    outcome = result;
    process.waiters.wake();
  };
  process.tlsRoots().then(
    (roots) => settle({ roots }),
    (error: unknown) => settle({ error }),
  );
  process.waiters.wait(
    () => outcome,
    -1,
    process.signalPending,
    (result) => {
      if (result === "interrupted" || result === "timeout") return reply(op, { errno: "EINTR" });
      try {
        if ("error" in result) throw new KernelError("EACCES", (result.error as Error).message);
        act(result.roots);
      } catch (error) {
        refuse(op, error, reply);
      }
    },
  );
}

function makeContext(process: ProcessContext, settings: TlsSettings, roots: string | null, reply: Reply): void {
  if (!hasRoom(process, 1, "tls-context", reply)) return;
  const made = process.tlsContexts.make(settings, roots);
  reply("tls-context", made instanceof TlsContext ? { context: process.handles.open(made) } : { failure: made });
}

function makeEngine(process: ProcessContext, request: RequestOf<"tls-start" | "tls-engine">): TlsEngine {
  const context = process.handles.get(request.context);
  if (!(context instanceof TlsContext)) throw new KernelError("EBADF");
  const session = request.session === 0 ? null : process.handles.get(request.session);
  if (session !== null && !(session instanceof TlsSession)) throw new KernelError("EBADF");
  const peer: TlsPeer = { hostname: request.hostname, session: session?.bytes ?? null };
  try {
    return new TlsEngine(context, peer, () => process.waiters.wake());
  } catch {
    // What node:tls will not have for a name.
    throw new KernelError("EINVAL");
  }
}

function progress(
  process: ProcessContext,
  { op, handle, timeoutMs }: RequestOf<"tls-handshake" | "tls-finish">,
  reply: Reply,
  step: (stream: TlsStream) => TlsProgress | undefined,
): void {
  const stream = streamOf(process, handle);
  process.waiters.wait(
    () => step(stream),
    timeoutMs,
    process.signalPending,
    (outcome) => {
      if (outcome === "interrupted") return reply(op, { errno: "EINTR" });
      // Without a wait, how far it has come is the answer.
      if (outcome === "timeout") return reply(op, timeoutMs === 0 ? statusOf(stream) : { errno: "ETIMEDOUT" });
      if (outcome === "done" || outcome === "failed") return reply(op, statusOf(stream));
      reply(op, asFailure(outcome));
    },
  );
}

/** Once the peer has said that nothing more comes, the connection is without TLS. */
function finish(process: ProcessContext, request: RequestOf<"tls-finish">, reply: Reply): void {
  progress(process, request, reply, (stream) => {
    const outcome = stream.finish();
    if (outcome === "done") process.handles.replace(request.handle, stream.release());
    return outcome;
  });
}

/** Answered a moment later, unless all that the step leads to has come. */
function exchange(
  process: ProcessContext,
  { handle, ciphertextLength, ended, close }: RequestOf<"tls-exchange">,
  bytes: Uint8Array,
  reply: Reply,
): void {
  const memory = process.handles.get(handle);
  if (!(memory instanceof TlsMemory)) throw new KernelError("EBADF");
  if (ciphertextLength > bytes.length) throw new KernelError("EINVAL");
  const outcome = memory.step({
    ciphertext: bytes.subarray(0, ciphertextLength),
    plaintext: bytes.subarray(ciphertextLength),
    ended,
    close,
  });
  let isDue = !close && memory.isSettled;
  const settle = () => {
    isDue = true;
    if (!process.waiters.idle) process.waiters.wake();
  };
  if (!isDue) setImmediate(settle);
  const answer = () => {
    const status = statusOf(memory);
    const ciphertext = Buffer.concat(memory.engine.takeCiphertext());
    const plaintext = memory.engine.takePlaintext(memory.engine.plaintextBytes);
    const fields = { ...status, ...outcome, ciphertextLength: ciphertext.length };
    reply("tls-exchange", fields, Buffer.concat([ciphertext, plaintext]));
  };
  // A signal loses nothing: what comes after it is in the next answer.
  process.waiters.wait(() => isDue || undefined, -1, process.signalPending, answer);
}

function statusOf(object: TlsStream | TlsMemory): TlsStatus {
  const { engine } = object;
  return {
    state: engine.state,
    closed: engine.closed,
    ended: engine.ended,
    sending: object instanceof TlsStream && object.isSending,
    pending: engine.plaintextBytes,
    failure: engine.failure,
    connection: engine.takeConnection(),
    keylog: engine.takeKeylog(),
  };
}

function streamOf(process: ProcessContext, handle: number): TlsStream {
  const object = process.handles.get(handle);
  if (!(object instanceof TlsStream)) throw new KernelError(object === undefined ? "EBADF" : "EINVAL");
  return object;
}

function openEngineOf(process: ProcessContext, handle: number): TlsEngine {
  const object = process.handles.get(handle);
  if (!(object instanceof TlsStream || object instanceof TlsMemory)) throw new KernelError("EBADF");
  if (object.engine.state !== "open") throw new KernelError("ENOTCONN");
  return object.engine;
}

function asFailure(outcome: ErrnoName | Failure): Failure {
  return typeof outcome === "string" ? { errno: outcome } : outcome;
}
