import { parseZonedAddress } from "../../permissions/ip-address.ts";
import { INLINE_BYTES, type LookupResult, type RequestOf } from "../../protocol/messages.ts";
import type { ProgramNetwork } from "../network/program-network.ts";
import { hasRoom } from "./file-requests.ts";
import { NameLookup } from "./name-lookups.ts";
import type { KernelObject } from "./objects.ts";
import type { ProcessContext, Reply } from "./process-context.ts";
import { createSocketPair, PairEnd } from "./socket-pair.ts";
import { TcpSocket } from "./sockets.ts";

type SocketRequest = RequestOf<
  | "socket"
  | "socket-pair"
  | "connect"
  | "socket-error"
  | "socket-names"
  | "socket-option"
  | "peek"
  | "shutdown"
  | "lookup"
>;

const NO_NETWORK = { errno: "ENETUNREACH" } as const;
const NO_SOCKETS = "woma was started with --net xhr: this program has HTTP alone; --net sockets lets it connect";

/** The requests about connections. */
export function dispatchSocket(process: ProcessContext, request: SocketRequest, reply: Reply): void {
  const { handles, network, waiters } = process;
  const wake = () => waiters.wake();
  switch (request.op) {
    case "socket":
      if (network === null) return reply("socket", NO_NETWORK);
      if (!hasRoom(process, 1, request.op, reply)) return;
      return reply("socket", { handle: handles.open(new TcpSocket(network, wake)) });
    case "socket-pair": {
      if (!hasRoom(process, 2, request.op, reply)) return;
      const { first, second } = createSocketPair(wake);
      return reply("socket-pair", { first: handles.open(first), second: handles.open(second) });
    }
    case "lookup": {
      if (network === null) return reply("lookup", NO_NETWORK);
      if (!hasRoom(process, 1, request.op, reply)) return;
      return reply("lookup", { handle: handles.open(new NameLookup(lookUp(network, request), wake)) });
    }
    case "shutdown": {
      const errno = socketOf(process, request)?.shutdown(request.how);
      return reply("shutdown", errno === undefined ? notASocket(process, request) : errno === null ? {} : { errno });
    }
    case "connect":
      return connect(process, request, reply);
    case "peek":
      return peek(process, request, reply);
    case "socket-error": {
      const failure = socketOf(process, request)?.takeFailure();
      if (failure === undefined) return reply("socket-error", notASocket(process, request));
      if (failure === null) return reply("socket-error", { error: null });
      return reply("socket-error", { error: failure.errno, ...(failure.reason && { reason: failure.reason }) });
    }
    case "socket-names":
      return reply("socket-names", socketOf(process, request)?.names() ?? notASocket(process, request));
    case "socket-option":
      socketOf(process, request)?.setOption(request.option, request.value);
      return reply("socket-option", socketOf(process, request) === undefined ? notASocket(process, request) : {});
  }
}

function lookUp(network: ProgramNetwork, request: RequestOf<"lookup">): Promise<LookupResult> {
  if (network.transport === "sockets") return network.lookUp(request);
  return Promise.resolve({ kind: "refused", reason: NO_SOCKETS });
}

function socketOf(process: ProcessContext, request: { readonly handle: number }): TcpSocket | PairEnd | undefined {
  const object = connectionOf(process, request);
  return object instanceof TcpSocket || object instanceof PairEnd ? object : undefined;
}

/** What carries the bytes, whatever they go through. */
function connectionOf(process: ProcessContext, { handle }: { readonly handle: number }): KernelObject | undefined {
  let object = process.handles.get(handle);
  while (object?.beneath !== undefined) object = object.beneath;
  return object;
}

function notASocket(process: ProcessContext, { handle }: { readonly handle: number }) {
  return { errno: process.handles.get(handle) === undefined ? "EBADF" : "ENOTSOCK" } as const;
}

function connect(process: ProcessContext, request: RequestOf<"connect">, reply: Reply): void {
  const socket = socketOf(process, request);
  if (socket === undefined) return reply("connect", notASocket(process, request));
  if (process.network?.transport === "xhr") return reply("connect", { errno: "EACCES", reason: NO_SOCKETS });
  const address = parseZonedAddress(request.address);
  if (address === null) return reply("connect", { errno: "EINVAL" });
  const failure = socket.connect({ address, port: request.port });
  if (failure !== null) return reply("connect", failure);
  const settled = () => (socket.isConnecting ? undefined : true);
  process.waiters.wait(settled, request.nonBlocking ? 0 : -1, process.signalPending, (outcome) => {
    if (outcome === "timeout") return reply("connect", { errno: "EINPROGRESS" });
    if (outcome === "interrupted") return reply("connect", { errno: "EINTR" });
    reply("connect", socket.outcome() ?? {});
  });
}

function peek(process: ProcessContext, request: RequestOf<"peek">, reply: Reply): void {
  const socket = socketOf(process, request);
  if (socket === undefined) return reply("peek", notASocket(process, request));
  const take = () => socket.peek(Math.min(request.length, INLINE_BYTES));
  process.waiters.wait(take, request.nonBlocking ? 0 : -1, process.signalPending, (taken) => {
    if (taken === "timeout") return reply("peek", { errno: "EAGAIN" });
    if (taken === "interrupted") return reply("peek", { errno: "EINTR" });
    if (typeof taken === "string") return reply("peek", { errno: taken });
    if ("errno" in taken) return reply("peek", taken);
    reply("peek", {}, taken);
  });
}
