import { SourceFailure } from "../download/source-failure.ts";

/** A file as a project's page lists it. Nothing of it is trusted. */
export interface IndexedFile {
  readonly fileName: string;
  /** With the credentials by which the page was had, where it is on the same server. */
  readonly url: string;
  readonly sha256: string | null;
  readonly requiresPython: string | null;
  /** Why it was withdrawn, which may be for no reason that is said; null for one that was not. */
  readonly yanked: string | null;
  /** Its METADATA can be had alone, and has this hash, where that is known (PEP 658, PEP 714). */
  readonly metadata: { readonly sha256: string | null } | null;
  readonly bytes: number | null;
}

export interface Page {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** What its links are relative to. */
  readonly url: URL;
}

/** What is asked for, the first choice first. */
export const PAGE_TYPES = [
  "application/vnd.pypi.simple.v1+json",
  "application/vnd.pypi.simple.v1+html;q=0.2",
  "text/html;q=0.1",
].join(", ");

/** Reads a project's page: JSON (PEP 691) or HTML (PEP 503). Throws SourceFailure when it is neither. */
export async function parsePage(page: Page): Promise<IndexedFile[]> {
  const files = page.contentType.includes("json") ? jsonFiles(page) : await htmlFiles(page);
  return files.slice(0, MOST_FILES);
}

const MOST_FILES = 100_000;

function jsonFiles({ bytes, url }: Page): IndexedFile[] {
  const files = filesOf(bytes);
  return files.flatMap((entry): IndexedFile[] => {
    if (typeof entry !== "object" || entry === null) return [];
    const fields = entry as Readonly<Record<string, unknown>>;
    const link = typeof fields["url"] === "string" ? linkTo(fields["url"], url) : null;
    if (link === null) return [];
    const metadata = fields["core-metadata"] ?? fields["dist-info-metadata"] ?? fields["data-dist-info-metadata"];
    const size = fields["size"];
    return [
      {
        fileName: typeof fields["filename"] === "string" ? fields["filename"] : fileNameOf(link),
        url: link.href,
        sha256: hash(fields["hashes"]) ?? fragmentHash(link),
        requiresPython: text(fields["requires-python"]),
        yanked: yankedBecause(fields["yanked"]),
        metadata: metadata === true || typeof metadata === "object" ? metadataOf(hash(metadata), metadata) : null,
        bytes: Number.isSafeInteger(size) ? (size as number) : null,
      },
    ];
  });
}

function filesOf(bytes: Uint8Array): readonly unknown[] {
  let page: unknown;
  try {
    page = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new SourceFailure("answered with a page that is no JSON");
  }
  const files = typeof page === "object" && page !== null ? (page as Record<string, unknown>)["files"] : undefined;
  if (!Array.isArray(files)) throw new SourceFailure("answered with a page that lists no files");
  return files;
}

function yankedBecause(given: unknown): string | null {
  if (given === undefined || given === null || given === false) return null;
  return typeof given === "string" ? given : "";
}

function metadataOf(sha256: string | null, given: unknown): IndexedFile["metadata"] {
  return given === null ? null : { sha256 };
}

async function htmlFiles({ bytes, url }: Page): Promise<IndexedFile[]> {
  const files: IndexedFile[] = [];
  let base = url;
  const reader = new HTMLRewriter()
    .on("base[href]", {
      element: (tag) => {
        base = linkTo(attribute(tag, "href") ?? "", base) ?? base;
      },
    })
    .on("a[href]", {
      element: (tag) => {
        const link = linkTo(attribute(tag, "href") ?? "", base);
        if (link === null) return;
        const metadata = attribute(tag, "data-core-metadata") ?? attribute(tag, "data-dist-info-metadata");
        files.push({
          fileName: fileNameOf(link),
          url: link.href,
          sha256: fragmentHash(link),
          requiresPython: attribute(tag, "data-requires-python"),
          yanked: tag.hasAttribute("data-yanked") ? (attribute(tag, "data-yanked") ?? "") : null,
          metadata: metadata === null || metadata === "false" ? null : { sha256: sha256In(metadata) },
          bytes: null,
        });
      },
    });
  await reader.transform(new Response(bytes.slice())).text();
  return files;
}

/** Null for what is no address that an index at this place may name: one on the network names no files of this machine. */
function linkTo(target: string, base: URL): URL | null {
  if (!URL.canParse(target, base.href)) return null;
  const link = new URL(target, base);
  if (link.origin === base.origin && link.username === "") {
    [link.username, link.password] = [base.username, base.password];
  }
  const allowed = base.protocol === "file:" ? ["http:", "https:", "file:"] : ["http:", "https:"];
  return allowed.includes(link.protocol) ? link : null;
}

function fileNameOf(link: URL): string {
  const last = link.pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function fragmentHash(link: URL): string | null {
  return sha256In(link.hash.slice(1));
}

function sha256In(words: string): string | null {
  return /(?:^|&)sha256=([0-9a-f]{64})(?:&|$)/i.exec(words)?.[1]?.toLowerCase() ?? null;
}

function hash(hashes: unknown): string | null {
  if (typeof hashes !== "object" || hashes === null) return null;
  const found = (hashes as Record<string, unknown>)["sha256"];
  return typeof found === "string" && /^[0-9a-f]{64}$/i.test(found) ? found.toLowerCase() : null;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** HTMLRewriter leaves entities as they are. */
function attribute(tag: HTMLRewriterTypes.Element, name: string): string | null {
  const raw = tag.getAttribute(name);
  return raw === null ? null : raw.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi, decodeEntity).trim();
}

function decodeEntity(whole: string, decimal?: string, hexadecimal?: string, name?: string): string {
  if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
