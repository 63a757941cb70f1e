import { DATA_WINDOW_BYTES, INLINE_BYTES } from "../../protocol/messages.ts";
import { EIO } from "../errno.ts";
import type { Kernel } from "./request.ts";

/** What a request for bytes is answered: in the frame, or how many of them are in the data window. */
interface Piece {
  readonly fields: { readonly windowLength?: number };
  readonly bytes: Uint8Array;
}

/**
 * Fills the target with as many requests as it takes, but for what lies behind the end; how far. `ask` is for so many
 * bytes from an offset in the target on.
 */
export function readPieces(kernel: Kernel, target: Uint8Array, ask: (offset: number, length: number) => Piece): number {
  const most = kernel.window === null ? INLINE_BYTES : DATA_WINDOW_BYTES;
  let filled = 0;
  while (filled < target.length) {
    const length = Math.min(target.length - filled, most);
    const { fields, bytes } = ask(filled, length);
    const got = fields.windowLength === undefined ? bytes : kernel.window?.subarray(0, fields.windowLength);
    if (got === undefined || got.length > length) throw kernel.error(EIO);
    target.set(got, filled);
    filled += got.length;
    if (got.length < length) break;
  }
  return filled;
}
