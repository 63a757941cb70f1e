import type { Socket } from "node:net";
import { ConnectFailure } from "./connect-failure.ts";

/** A proxy's answer to CONNECT: its status, code and words. What follows the head stays in the socket, which is paused. */
export function readProxyHead(socket: Socket): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let head = Buffer.alloc(0);
  const onData = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf(HEAD_END);
    if (end < 0 && head.length <= LONGEST_HEAD_BYTES) return;
    stop();
    socket.pause();
    const status = end < 0 ? null : statusOf(head.subarray(0, end));
    if (status === null) return reject(new ConnectFailure("ECONNREFUSED", "the proxy did not answer as one"));
    const rest = head.subarray(end + HEAD_END.length);
    if (rest.length > 0) socket.unshift(rest);
    resolve(status);
  };
  const onEnd = () => {
    stop();
    reject(new ConnectFailure("ECONNRESET", "the proxy closed the connection"));
  };
  const stop = () => {
    for (const event of ["end", "close", "error"]) socket.off(event, onEnd);
    socket.off("data", onData);
  };
  for (const event of ["end", "close", "error"]) socket.on(event, onEnd);
  socket.on("data", onData);
  return promise;
}

const HEAD_END = "\r\n\r\n";
const LONGEST_HEAD_BYTES = 16 * 1024;

/** Safe to print, whatever the proxy is. */
function statusOf(head: Buffer): string | null {
  const [, status] = /^HTTP\/1\.[01] (\d{3}(?![^ \r\n])[^\r\n]{0,100})/.exec(head.toString("latin1")) ?? [];
  return status?.replace(/[^\x20-\x7e]/g, "?").trim() ?? null;
}
