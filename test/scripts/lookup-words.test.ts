import { describe, expect, test } from "bun:test";
import { patchLookupWords } from "../../scripts/wasm/lookup-words.ts";

/** The words of musl's gai_strerror(3), by their numbers from -1 down, and one for all other numbers. */
const MUSL = [
  ...["Invalid flags", "Name does not resolve", "Try again", "Non-recoverable error", "Name has no usable address"],
  ...["Unrecognized address family or invalid length", "Unrecognized socket type", "Unrecognized service"],
  ...["Unknown error", "Out of memory", "System error", "Overflow", "", "Unknown error"],
];

const bytes = (text: string) => new TextEncoder().encode(text);
const wasm = (words: readonly string[]) => bytes(`before\0${words.map((word) => `${word}\0`).join("")}after\0`);

/** As musl finds them: the words of -1, -2 and so on follow each other. */
function wordsIn(patched: Uint8Array): string[] {
  return new TextDecoder().decode(patched).split("\0").slice(1, -2);
}

describe("the C library's words for names that are not found", () => {
  test("are glibc's, each in its place, and all else stays where it is", () => {
    const before = wasm(MUSL);
    const after = patchLookupWords(before);
    expect(wordsIn(after).map((word) => word.trimEnd())).toEqual([
      ...["Bad ai_flags", "Name or service not known", "Temporary failure in name resolution", "Failure", "No address"],
      ...["ai_family not supported", "ai_socktype not supported", "Servname not supported for ai_socktype"],
      ...["Address family", "No memory", "System error", "Overflow", "", "Unknown error"],
    ]);
    expect(after.length).toBe(before.length);
    expect(new TextDecoder().decode(after)).toMatch(/^before\0.*after\0$/s);
  });

  test("of which only the last has spaces at its end", () => {
    const padded = wordsIn(patchLookupWords(wasm(MUSL))).filter((word) => word !== word.trimEnd());
    expect(padded).toEqual([expect.stringMatching(/^Unknown error +$/)]);
  });

  test("must be there as they are known, once", () => {
    expect(() => patchLookupWords(wasm(MUSL.with(2, "Try later")))).toThrow();
    expect(() => patchLookupWords(new Uint8Array([...wasm(MUSL), ...wasm(MUSL)]))).toThrow();
  });
});
