import { isPackageName, normalizeName } from "../package-name.ts";

/** Something that was asked for, and by what. */
export interface Requirement {
  /** As PEP 508 has it: a name, perhaps with extras, versions and a marker. */
  readonly text: string;
  /** Where it was asked, for messages: `--with`, `requirements.txt, line 3`. */
  readonly source: string;
  /** The sha256 that its file may have, in hexadecimal; empty when any may be. */
  readonly hashes: readonly string[];
}

/** A requirement that somebody wrote as one word, without hashes. */
export function requirement(text: string, source: string): Requirement {
  return { text: text.trim(), source, hashes: [] };
}

/** The normalized name when the requirement is nothing but a name; else null. */
export function bareName({ text, hashes }: Requirement): string | null {
  if (hashes.length > 0 || !isPackageName(text)) return null;
  return normalizeName(text);
}

/** The normalized name that a requirement begins with; null when it begins with none. */
export function nameOf({ text }: Requirement): string | null {
  const name = LEADING_NAME.exec(text)?.[0];
  return name === undefined ? null : normalizeName(name);
}

/** The same of a requirement that holds whatever the interpreter; null for one with a marker. */
export function unconditionalName(requirement: Requirement): string | null {
  return requirement.text.includes(";") ? null : nameOf(requirement);
}

const LEADING_NAME = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?/i;
