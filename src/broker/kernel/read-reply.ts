import { INLINE_BYTES } from "../../protocol/messages.ts";
import type { ProcessContext, Reply } from "./process-context.ts";

/** Answers with up to so many bytes: large ones in the shared window, small ones in the frame. Throws what `read` does. */
export function replyWithRead(
  { window }: ProcessContext,
  { op, length }: { readonly op: "pread" | "archive-read"; readonly length: number },
  read: (target: Uint8Array) => number,
  reply: Reply,
): void {
  if (window !== null && length > INLINE_BYTES) {
    return reply(op, { windowLength: read(window.subarray(0, Math.min(length, window.length))) });
  }
  const target = Buffer.allocUnsafe(Math.min(length, INLINE_BYTES));
  reply(op, {}, target.subarray(0, read(target)));
}
