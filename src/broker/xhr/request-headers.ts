import type { XhrRules } from "../../protocol/messages.ts";

/**
 * The headers that go out, each name once; those that a program may not set are left out, as browsers do. `page` is the
 * fetch standard's whole list; a `program` that keeps its own cookies may send them, and nothing that says where a
 * request goes, how long it is, or what becomes of its connection: that would be another way past the policy.
 */
export function requestHeaders(given: readonly (readonly [string, string])[], rules: XhrRules): Map<string, string> {
  const headers = new Map<string, { readonly name: string; readonly value: string }>([
    ["user-agent", { name: "User-Agent", value: "woma" }],
    ["accept", { name: "Accept", value: "*/*" }],
  ]);
  const seen = new Set<string>();
  for (const [name, value] of given) {
    const key = name.toLowerCase();
    if (isForbidden(key, value, rules)) continue;
    const before = seen.has(key) ? headers.get(key) : undefined;
    seen.add(key);
    const trimmed = value.trim();
    // The names that the package writes itself are to be replaced by these.
    headers.set(key, {
      name: before?.name ?? headers.get(key)?.name ?? name,
      value: before === undefined ? trimmed : `${before.value}${key === "cookie" ? "; " : ", "}${trimmed}`,
    });
  }
  // Parts of a compressed answer are of no use.
  headers.set("accept-encoding", {
    name: "Accept-Encoding",
    value: headers.has("range") ? "identity" : "gzip, br, zstd",
  });
  return new Map([...headers.values()].map(({ name, value }) => [name, value]));
}

/** Case does not matter; undefined when there is none. */
export function headerOf(headers: Iterable<readonly [string, string]>, wanted: string): string | undefined {
  for (const [name, value] of headers) if (name.toLowerCase() === wanted) return value;
  return undefined;
}

export function withoutHeaders(headers: ReadonlyMap<string, string>, names: ReadonlySet<string>): Map<string, string> {
  return new Map([...headers].filter(([name]) => !names.has(name.toLowerCase())));
}

/** The same for methods, in whatever case: the package would let `trace` pass and send TRACE. */
export function isForbiddenMethod(method: string): boolean {
  return ["CONNECT", "TRACE", "TRACK"].includes(method.toUpperCase());
}

function isForbidden(key: string, value: string, rules: XhrRules): boolean {
  if (FRAMING.has(key) || key.startsWith("proxy-") || key.startsWith("sec-")) return true;
  if (METHOD_OVERRIDES.has(key)) return value.split(",").some((method) => isForbiddenMethod(method.trim()));
  return rules === "page" && PAGES_OWN.has(key);
}

const FRAMING = new Set([
  "accept-encoding",
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
]);

const PAGES_OWN = new Set([
  "accept-charset",
  "access-control-request-headers",
  "access-control-request-method",
  "access-control-request-private-network",
  "cookie",
  "cookie2",
  "date",
  "dnt",
  "origin",
  "referer",
  "set-cookie",
]);

const METHOD_OVERRIDES = new Set(["x-http-method", "x-http-method-override", "x-method-override"]);
