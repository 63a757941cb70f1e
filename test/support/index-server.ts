import type { Wheel } from "./wheel.ts";

export interface IndexOptions {
  /** PEP 691's JSON or PEP 503's HTML; default JSON. */
  readonly format?: "json" | "html";
  /** Whether METADATA is to be had without the wheel (PEP 658). */
  readonly coreMetadata?: boolean;
  /** Whether parts of files are served. */
  readonly parts?: boolean;
}

/** What an index says of a wheel beside its name and hash. */
export interface Listing {
  readonly yanked?: string;
  readonly requiresPython?: string;
  /** In place of the wheel's own. */
  readonly sha256?: string;
}

/** A package index on this machine with the wheels that a test made; `requests` are the paths asked for, in order. */
export class TestIndex implements Disposable {
  readonly requests: string[] = [];
  readonly #listings: { readonly wheel: Wheel; readonly listing: Listing }[] = [];
  readonly #server: Bun.Server<undefined>;

  constructor(private readonly options: IndexOptions = {}) {
    this.#server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => this.#answer(request) });
  }

  /** As PIP_INDEX_URL names it. */
  get url(): string {
    return `${this.#server.url}simple/`;
  }

  add(wheel: Wheel, listing: Listing = {}): this {
    this.#listings.push({ wheel, listing });
    return this;
  }

  [Symbol.dispose](): void {
    this.#server.stop(true);
  }

  #answer(request: Request): Response {
    const { pathname } = new URL(request.url);
    this.requests.push(pathname);
    const project = /^\/simple\/([^/]+)\/$/.exec(pathname)?.[1];
    if (project !== undefined) return this.#page(project);
    const [, file, metadata] = /^\/files\/(.+?\.whl)(\.metadata)?$/.exec(pathname) ?? [];
    const wheel = this.#listings.find(({ wheel }) => wheel.fileName === file)?.wheel;
    if (wheel === undefined) return new Response("", { status: 404 });
    if (metadata === undefined) return this.#file(wheel, request.headers.get("range"));
    return this.options.coreMetadata ? new Response(wheel.metadata) : new Response("", { status: 404 });
  }

  #page(project: string): Response {
    const listed = this.#listings.filter(({ wheel }) => normalized(wheel.name) === project);
    if (listed.length === 0) return new Response("", { status: 404 });
    if (this.options.format === "html") {
      const links = listed.map((entry) => this.#link(entry.wheel, entry.listing)).join("<br/>\n");
      return new Response(`<!DOCTYPE html><html><body>${links}</body></html>`, {
        headers: { "content-type": "text/html; charset=utf-8" },
      });
    }
    const files = listed.map(({ wheel, listing }) => ({
      filename: wheel.fileName,
      url: `../../files/${wheel.fileName}`,
      hashes: { sha256: listing.sha256 ?? wheel.sha256 },
      size: wheel.bytes.length,
      yanked: listing.yanked ?? false,
      ...(listing.requiresPython === undefined ? {} : { "requires-python": listing.requiresPython }),
      "core-metadata": this.options.coreMetadata ? { sha256: sha256(wheel.metadata) } : false,
    }));
    return new Response(JSON.stringify({ meta: { "api-version": "1.1" }, name: project, files }), {
      headers: { "content-type": "application/vnd.pypi.simple.v1+json" },
    });
  }

  #link(wheel: Wheel, listing: Listing): string {
    const attributes = {
      href: `../../files/${wheel.fileName}#sha256=${listing.sha256 ?? wheel.sha256}`,
      "data-yanked": listing.yanked,
      "data-requires-python": listing.requiresPython,
      "data-core-metadata": this.options.coreMetadata ? `sha256=${sha256(wheel.metadata)}` : undefined,
    };
    const written = Object.entries(attributes).filter(([, value]) => value !== undefined);
    return `<a ${written.map(([name, value]) => `${name}="${Bun.escapeHTML(value ?? "")}"`).join(" ")}>${wheel.fileName}</a>`;
  }

  #file(wheel: Wheel, range: string | null): Response {
    const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
    if (!this.options.parts || first === undefined || last === undefined) return new Response(wheel.bytes.slice());
    const size = wheel.bytes.length;
    const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
    const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
    return new Response(wheel.bytes.slice(start, end), {
      status: 206,
      headers: { "content-range": `bytes ${start}-${end - 1}/${size}` },
    });
  }
}

function normalized(name: string): string {
  return name.replace(/[-_.]+/g, "-").toLowerCase();
}

function sha256(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
