/** A string in TOML, on one line. */
export function tomlString(text: string): string {
  // JSON's escapes are TOML's, but for the two that JSON leaves as they are.
  return JSON.stringify(text).replace(/[\u007f]/g, "\\u007f");
}

/** Strings in TOML's brackets, on one line. */
export function tomlStrings(texts: readonly string[]): string {
  return `[${texts.map(tomlString).join(", ")}]`;
}
