import { readFileSync } from "node:fs";
import { WomaError } from "../../errors.ts";
import { describeFileError } from "../cache/cache-error.ts";
import { type Environment, readCertificatesPath } from "../index/index-settings.ts";

/** How requests leave this machine. fetch knows the proxies by itself; whether one is there has to be asked of it. */
export interface Outlet {
  /** The certificates that a server's must lead to, as text; null for the system's. */
  readonly certificates: string | null;
  /** The proxy by which a server is reached; null for none. */
  proxyFor(url: URL): URL | null;
}

/** As pip, uv and curl are told it. Throws WomaError when the certificates cannot be read. */
export async function readOutlet(environment: Environment): Promise<Outlet> {
  const path = (await readCertificatesPath(environment)) ?? namedCertificates(environment);
  return {
    certificates: path === null ? null : readCertificates(path),
    proxyFor: (url) => proxyFor(url, environment),
  };
}

/**
 * For what programs connect to: pip's own setting of certificates is none of theirs. These are read when they are asked
 * for, which throws WomaError when they cannot be: most connections need none.
 */
export function programOutlet(environment: Environment): Outlet {
  let read: { readonly certificates: string | null } | null = null;
  return {
    get certificates() {
      const path = namedCertificates(environment);
      read ??= { certificates: path === null ? null : readCertificates(path) };
      return read.certificates;
    },
    proxyFor: (url) => proxyFor(url, environment),
  };
}

function namedCertificates(environment: Environment): string | null {
  return firstOf(environment, ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]) ?? null;
}

function readCertificates(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : describeFileError(cause);
    throw new WomaError(`cannot read the certificates ${path}: ${reason}`, {
      hint: "PIP_CERT, SSL_CERT_FILE or a configuration file of pip's names them",
      cause,
    });
  }
}

function proxyFor(url: URL, environment: Environment): URL | null {
  const names = url.protocol === "https:" ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy", "HTTP_PROXY"];
  const proxy = firstOf(environment, [...names, "all_proxy", "ALL_PROXY"]);
  const exceptions = (firstOf(environment, ["no_proxy", "NO_PROXY"]) ?? "").split(",").map((name) => name.trim());
  if (proxy === undefined || exceptions.some((exception) => isExcepted(url, exception))) return null;
  return URL.parse(/^[a-z0-9]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`);
}

/** `example.org` and `.example.org` are the host and all below it; a port may follow. */
function isExcepted({ hostname, host }: URL, exception: string): boolean {
  const name = exception.replace(/^\./, "");
  return name === "*" || (name !== "" && [hostname, host].some((each) => each === name || each.endsWith(`.${name}`)));
}

function firstOf(environment: Environment, names: readonly string[]): string | undefined {
  return names.map((name) => environment[name]).find((value) => value !== undefined && value !== "");
}
