import { ZipFormatError } from "./zip-format-error.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Always UTF-8, whether the archive says so or not: other bytes have a meaning on their maker's machine only. */
export function decodeName(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new ZipFormatError(`a name is no UTF-8: ${JSON.stringify(Buffer.from(bytes).toString("latin1"))}`);
  }
}
