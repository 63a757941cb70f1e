import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../../errors.ts";

interface PathContext {
  readonly workingDirectory: string;
  readonly home: string;
}

/**
 * `--mirror URL[,URL…]` and `WOMA_MIRROR`: http, https and file URLs, each with a slash at its end; a directory
 * becomes a file URL. `,,` is a comma of one. Throws UsageError naming `source`, the flag or variable.
 */
export function parseMirrors(source: string, text: string, context: PathContext): readonly string[] {
  const items = text.match(/(?:,,|[^,])+/g)?.map((item) => item.replaceAll(",,", ",").trim()) ?? [];
  if (items.length === 0 || items.includes("")) throw refusal(source, text, "nothing where an address should be");
  return items.map((item) => mirrorUrl(source, item, context));
}

function mirrorUrl(source: string, text: string, { workingDirectory, home }: PathContext): string {
  // `C:\` is a path, though it parses as a URL.
  const isUrl = /^[a-z][a-z0-9+.-]+:/i.test(text);
  if (!isUrl) {
    const path = text === "~" || text.startsWith("~/") ? join(home, text.slice(1)) : resolve(workingDirectory, text);
    // One on a disk that is not there now may be there later; a host without its scheme never will be.
    const named = /^(?:[~/\\.]|[a-z]:)/i.test(text);
    if (!named && !isDirectory(path)) throw refusal(source, text, "no URL, and no directory of that name");
    return `${pathToFileURL(path).href.replace(/\/+$/, "")}/`;
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw refusal(source, text, "not a URL");
  if (!["http:", "https:", "file:"].includes(url.protocol)) {
    throw refusal(source, text, `${url.protocol} is not understood; http:, https: and file: are`);
  }
  if (url.search !== "" || url.hash !== "") throw refusal(source, text, "a mirror's address ends with its path");
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}

function refusal(source: string, text: string, reason: string): UsageError {
  const shown = text.replace(/\/\/[^/@]*@/, "//****@");
  const example = "https://mirror.example/pyodide/, or a directory such as /srv/pyodide";
  return new UsageError(
    `${source}=${shown}: ${reason}`,
    source.startsWith("--") ? `for example ${source} ${example}` : `for example ${source}=${example}`,
  );
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
