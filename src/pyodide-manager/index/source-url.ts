import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { WomaError } from "../../errors.ts";

/** A place as a setting names it, and where it stands: `PIP_INDEX_URL`, a file's path. */
export interface NamedSource {
  readonly text: string;
  readonly place: string;
}

/**
 * As a URL that can be asked; a path is a file URL. Throws WomaError for what is neither: to go on without it would
 * tell other indexes the names of what is wanted of this one.
 */
export function sourceUrl({ text, place }: NamedSource): string {
  if (/^(?:https?|file):/i.test(text)) {
    if (URL.canParse(text) && !/\s/.test(text)) return text;
  } else if (!/^[a-z][a-z0-9+.-]+:/i.test(text)) {
    const path = text.startsWith("~/") ? join(homedir(), text.slice(2)) : text;
    // What is no path, or an address without its scheme, is no file here either.
    if (isAbsolute(path) || /^\.{1,2}[\\/]/.test(path) || existsSync(path)) return pathToFileURL(resolve(path)).href;
  }
  throw new WomaError(`${place} names '${shown(text)}', which is neither a URL nor a directory`, {
    hint: "packages are had from https:, http: and file: URLs, and from paths",
  });
}

/** Without a user's name and password, and what comes behind a question mark. */
function shown(text: string): string {
  const plain = text.replace(/\p{C}/gu, "").replace(/[?#].*$/, "");
  return plain.replace(/^([a-z][a-z0-9+.-]*:\/+)?.*@/i, "$1").slice(0, LONGEST_SHOWN);
}

const LONGEST_SHOWN = 200;
