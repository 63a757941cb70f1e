/**
 * A word as it can be typed into a POSIX shell, quoted when it must be. It is safe on a terminal: control characters,
 * and those that reorder or hide text, are written in the `$'…'` form, which bash, zsh and ksh read.
 */
export function shellWord(text: string): string {
  if (UNPRINTABLE.test(text)) return `$'${[...text].map(escaped).join("")}'`;
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;
/** A colon at the end would look like the message's around it. */
const PLAIN = /^[\p{L}\p{M}\p{N}_@%+=:,./~-]+(?<!:)$/u;

function escaped(character: string): string {
  if (character === "'" || character === "\\") return `\\${character}`;
  if (!UNPRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x80) return `\\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}
