import { ZipFormatError } from "./zip-format-error.ts";

/** Always UTF-8, whether the archive says so or not: other bytes have a meaning on their maker's machine only. */
export function decodeName(bytes: Uint8Array): string {
  const name = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  // What stands for bytes that are no UTF-8 may, rarely, be meant.
  if (name.includes("\ufffd") && !Buffer.from(name).equals(bytes)) {
    throw new ZipFormatError(`a name is no UTF-8: ${JSON.stringify(Buffer.from(bytes).toString("latin1"))}`);
  }
  return name;
}
