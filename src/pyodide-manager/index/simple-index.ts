import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { SourceFailure } from "../download/source-failure.ts";
import { type IndexedFile, PAGE_TYPES, type Page, parsePage } from "./index-page.ts";
import { get, type IndexRequests } from "./index-request.ts";
import type { PageCache } from "./page-cache.ts";

/** How indexes are asked. */
export interface IndexAccess extends IndexRequests {
  readonly pages: PageCache;
  readonly offline: boolean;
}

/**
 * The files of a project on an index; null when it has no such project. Throws SourceFailure when it cannot be asked.
 * Without network, what was kept of an earlier time counts.
 */
export async function projectOnIndex(
  index: string,
  project: string,
  access: IndexAccess,
): Promise<IndexedFile[] | null> {
  const base = new URL(index);
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  const url = new URL(`${project}/`, base);
  if (url.protocol === "file:") return filesIn(url);
  const page = await fetchPage(url, access);
  return page === null ? null : parsePage(page);
}

/** All files that a find-links page or directory names, whatever their projects. */
export async function linkedFiles(link: string, access: IndexAccess): Promise<IndexedFile[]> {
  const url = new URL(link);
  if (url.pathname.endsWith(".whl")) return [fileAt(url)];
  if (url.protocol === "file:") return (await filesIn(url)) ?? [];
  const page = await fetchPage(url, access);
  return page === null ? [] : parsePage(page);
}

/** The link is a wheel itself. */
function fileAt(url: URL): IndexedFile {
  const fileName = decodeURIComponent(url.pathname.split("/").at(-1) ?? "");
  const sha256 = /[#&]sha256=([0-9a-f]{64})/i.exec(url.hash)?.[1]?.toLowerCase() ?? null;
  return { fileName, url: url.href, sha256, requiresPython: null, yanked: null, metadata: null, bytes: null };
}

/** A directory on a disk: its page, or else what lies in it. Null when there is none. */
async function filesIn(url: URL): Promise<IndexedFile[] | null> {
  const path = fileURLToPath(url);
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return null;
  const page = status.isDirectory() ? join(path, "index.html") : path;
  if (!status.isDirectory() || statSync(page, { throwIfNoEntry: false })?.isFile()) {
    return parsePage({ bytes: readFileSync(page), contentType: "text/html", url: pathToFileURL(page) });
  }
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => localFile(path, entry));
}

function localFile(directory: string, entry: Dirent): IndexedFile[] {
  if (entry.isDirectory()) return [];
  const path = join(directory, entry.name);
  return [
    {
      fileName: entry.name,
      url: pathToFileURL(path).href,
      sha256: null,
      requiresPython: null,
      yanked: null,
      metadata: null,
      bytes: statSync(path, { throwIfNoEntry: false })?.size ?? null,
    },
  ];
}

const MAXIMUM_PAGE_BYTES = 64 * 1024 * 1024;

/** Asks for a page, or whether the one that is kept still holds. Null when there is none. */
async function fetchPage(url: URL, access: IndexAccess): Promise<Page | null> {
  const kept = access.pages.find(url.href);
  if (access.offline) {
    if (kept === null) throw new SourceFailure("no page of it is in the cache");
    return pageOf(kept, url);
  }
  const headers = { accept: PAGE_TYPES, ...conditions(kept) };
  const answer = await get(url, { headers, maximumBytes: MAXIMUM_PAGE_BYTES }, access);
  if (answer.status === 304 && kept !== null) return pageOf(kept, url);
  if (answer.status === 404 || answer.status === 410) return null;
  if (answer.status !== 200) throw new SourceFailure(STATUS_WORDS[answer.status] ?? `answered ${answer.status}`);
  const page = {
    url: answer.url,
    contentType: answer.headers.get("content-type") ?? "text/html",
    bytes: answer.bytes,
  };
  // What only some may see is not left lying about.
  if (url.username === "") {
    access.pages.keep(url.href, {
      ...page,
      url: answer.url.href,
      etag: answer.headers.get("etag"),
      lastModified: answer.headers.get("last-modified"),
    });
  }
  return page;
}

const STATUS_WORDS: Readonly<Record<number, string>> = {
  401: "answered 401: it wants a user name and password in its URL",
  403: "answered 403: it does not let you in",
};

function conditions(kept: { etag: string | null; lastModified: string | null } | null): Record<string, string> {
  return {
    ...(kept?.etag ? { "if-none-match": kept.etag } : {}),
    ...(kept?.lastModified ? { "if-modified-since": kept.lastModified } : {}),
  };
}

function pageOf(kept: { url: string; contentType: string; bytes: Uint8Array }, asked: URL): Page {
  return { ...kept, url: URL.canParse(kept.url) ? new URL(kept.url) : asked };
}
