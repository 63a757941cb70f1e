import { PAGE_TYPES, parsePage } from "../src/pyodide-manager/index/index-page.ts";

export interface IndexFile {
  readonly name: string;
  readonly file: string;
}

/**
 * One file of a simple repository index: JSON (PEP 691) or HTML (PEP 503), over http, https or file.
 * What it returns is untrusted: the caller checks the hash.
 */
export async function fetchFromIndex(index: string, file: IndexFile): Promise<Uint8Array> {
  return (await get(await findOnIndex(index, file))).bytes();
}

/** Where the index has it. */
export async function findOnIndex(index: string, { name, file }: IndexFile): Promise<URL> {
  const page = await get(projectPage(index, name), { accept: PAGE_TYPES });
  const contentType = page.headers.get("content-type") ?? "";
  const files = await parsePage({ bytes: await page.bytes(), contentType, url: new URL(page.url) });
  const found = files.find(({ fileName }) => fileName === file);
  if (!found) throw new Error(`has no ${file}`);
  return new URL(found.url);
}

/** A request that fails on anything but success, and after half a minute. */
export async function get(url: URL, headers: Record<string, string> = {}): Promise<Response> {
  const { href, headers: credentials } = takeCredentials(url);
  const response = await fetch(href, {
    headers: { ...credentials, ...headers },
    signal: AbortSignal.timeout(requestTimeoutMs),
  });
  if (!response.ok) throw new Error(`answered ${response.status}`);
  return response;
}

const requestTimeoutMs = 30_000;

function projectPage(index: string, name: string): URL {
  const base = new URL(index);
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  const page = new URL(`${name}/`, base);
  return page.protocol === "file:" ? new URL("index.html", page) : page;
}

// fetch refuses URLs that carry a user name, which is how pip's settings give one.
function takeCredentials(url: URL): { href: string; headers: Record<string, string> } {
  if (!url.username) return { href: url.href, headers: {} };
  const plain = new URL(url);
  plain.username = plain.password = "";
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { href: plain.href, headers: { authorization: `Basic ${btoa(pair)}` } };
}
