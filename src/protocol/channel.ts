import { readSync, writeSync } from "node:fs";
import { decodeFrame, encodeFrame, lengthAt, NO_BYTES } from "./framing.ts";
import {
  type Failure,
  faultOf,
  INLINE_BYTES,
  type Replies,
  type ReplyTo,
  type Request,
  type RequestOf,
} from "./messages.ts";

/** The cell's end: writes a request to fd 1 and blocks on fd 0 for its reply. */
export interface Channel {
  /** Sends one request; the answer is the reply's fields and its bytes. */
  call<Op extends Request["op"]>(request: RequestOf<Op>, bytes?: Uint8Array): Answer<Op>;
}

interface Answer<Op extends Request["op"]> {
  readonly reply: ReplyTo<Op>;
  readonly bytes: Uint8Array;
}

export function isFailure(reply: Failure | Replies[keyof Replies]): reply is Failure {
  return "errno" in reply;
}

/** The channel over fds 0 and 1. `onBrokerGone` runs when fd 0 ends, and must not return. */
export function standardChannel(onBrokerGone: () => never): Channel {
  const usualReply = new Uint8Array(USUAL_REPLY_BYTES);
  return {
    call<Op extends Request["op"]>(request: RequestOf<Op>, bytes: Uint8Array = NO_BYTES): Answer<Op> {
      const fault = faultOf(request);
      if (fault !== null) return { reply: { errno: fault }, bytes: NO_BYTES };
      writeAll(encodeFrame(JSON.stringify(request), bytes));
      const frame = decodeFrame(readReply(usualReply, onBrokerGone));
      if (frame === null) return onBrokerGone();
      return { reply: JSON.parse(frame.json), bytes: frame.bytes };
    },
  };
}

/** A reply without its first length. One read takes a small one whole: nothing comes behind it. */
function readReply(usualReply: Uint8Array, onEnd: () => never): Uint8Array {
  let buffer = usualReply;
  let filled = 0;
  let wanted = LENGTH_BYTES;
  for (;;) {
    const got = retryWhileBusy(() => readSync(0, buffer, filled, buffer.length - filled, null));
    if (got === 0) onEnd();
    filled += got;
    if (filled < wanted) continue;
    if (wanted === LENGTH_BYTES) wanted += lengthAt(buffer, 0);
    // A copy: the next reply lies in the same place.
    if (filled >= wanted) return buffer.slice(LENGTH_BYTES, wanted);
    if (wanted > buffer.length) {
      const larger = new Uint8Array(wanted);
      larger.set(buffer.subarray(0, filled));
      buffer = larger;
    }
  }
}

const LENGTH_BYTES = 4;
const USUAL_REPLY_BYTES = INLINE_BYTES + 1024;

function writeAll(bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += retryWhileBusy(() => writeSync(1, bytes, written));
}

/** Bun may hand a child sockets in non-blocking mode; then a full or empty one is waited for here. */
function retryWhileBusy(operation: () => number): number {
  for (;;) {
    try {
      return operation();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== "EAGAIN" && code !== "EINTR") throw error;
      if (code === "EAGAIN") Bun.sleepSync(0.2);
    }
  }
}
