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
  const page = await get(projectPage(index, name), { accept: pageTypes });
  const links = isJson(page) ? await jsonLinks(page) : await htmlLinks(page);
  const link = links.find((url) => decodeURIComponent(url.pathname).endsWith(`/${file}`));
  if (!link) throw new Error(`has no ${file}`);
  return link;
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

const pageTypes = [
  "application/vnd.pypi.simple.v1+json",
  "application/vnd.pypi.simple.v1+html;q=0.2",
  "text/html;q=0.1",
].join(", ");

function projectPage(index: string, name: string): URL {
  const base = new URL(index);
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  const page = new URL(`${name}/`, base);
  return page.protocol === "file:" ? new URL("index.html", page) : page;
}

function isJson(page: Response): boolean {
  return page.headers.get("content-type")?.includes("json") ?? false;
}

async function jsonLinks(page: Response): Promise<URL[]> {
  const { files } = (await page.json()) as { files: { url: string }[] };
  return files.map(({ url }) => new URL(url, page.url));
}

async function htmlLinks(page: Response): Promise<URL[]> {
  const links: URL[] = [];
  let base = page.url;
  const reader = new HTMLRewriter()
    .on("base[href]", {
      element: (tag) => {
        base = new URL(attribute(tag, "href"), base).href;
      },
    })
    .on("a[href]", {
      element: (tag) => {
        links.push(new URL(attribute(tag, "href"), base));
      },
    });
  await reader.transform(page).text();
  return links;
}

function attribute(tag: HTMLRewriterTypes.Element, name: string): string {
  return (tag.getAttribute(name) ?? "").replaceAll("&amp;", "&");
}

// fetch refuses URLs that carry a user name, which is how pip's settings give one.
function takeCredentials(url: URL): { href: string; headers: Record<string, string> } {
  if (!url.username) return { href: url.href, headers: {} };
  const plain = new URL(url);
  plain.username = plain.password = "";
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { href: plain.href, headers: { authorization: `Basic ${btoa(pair)}` } };
}
