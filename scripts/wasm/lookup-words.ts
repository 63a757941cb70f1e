import { replaceBytes } from "./binary.ts";

/**
 * The C library's words for names that cannot be looked up, in place of which programs and their readers expect glibc's.
 * They lie in one block, one after the other by error number, and must take the same room: of those that nobody meets,
 * some are shorter.
 */
export function patchLookupWords(wasm: Uint8Array): Uint8Array {
  const [from, to] = [block(MUSL), block(GLIBC)];
  if (to.length > from.length) throw new Error(`${to.length - from.length} bytes too many in glibc's words`);
  const padding = new Uint8Array(from.length - to.length).fill(0x20);
  // Behind the last of them, which has no number of its own.
  const padded = new Uint8Array([...to.subarray(0, -1), ...padding, 0]);
  return replaceBytes(wasm, from, padded);
}

const MUSL = [
  "Invalid flags",
  "Name does not resolve",
  "Try again",
  "Non-recoverable error",
  "Name has no usable address",
  "Unrecognized address family or invalid length",
  "Unrecognized socket type",
  "Unrecognized service",
  "Unknown error",
  "Out of memory",
  "System error",
  "Overflow",
  "",
  "Unknown error",
];

const GLIBC = [
  "Bad ai_flags",
  "Name or service not known",
  "Temporary failure in name resolution",
  "Failure",
  "No address",
  "ai_family not supported",
  "ai_socktype not supported",
  "Servname not supported for ai_socktype",
  "Address family",
  "No memory",
  "System error",
  "Overflow",
  "",
  "Unknown error",
];

function block(words: readonly string[]): Uint8Array {
  return new TextEncoder().encode(words.map((word) => `${word}\0`).join(""));
}
