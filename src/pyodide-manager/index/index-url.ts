/** The same URL without user name and password: what may be shown, written down and asked for. */
export function withoutCredentials(url: URL | string): URL {
  const plain = new URL(url);
  plain.username = plain.password = "";
  return plain;
}

/** Adds the credentials that the user gave for this server, when the URL has none of its own. */
export function withCredentials(url: string, known: readonly string[]): string {
  const target = new URL(url);
  if (target.protocol === "file:" || target.username !== "") return url;
  const same = known
    .map((other) => new URL(other))
    .find((other) => other.origin === target.origin && other.username !== "");
  if (same === undefined) return url;
  [target.username, target.password] = [same.username, same.password];
  return target.href;
}
