import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** What the C library puts behind a name that it does not find as it is, as resolv.conf(5) has it. */
export function readSearchDomains(): readonly string[] {
  const [, own = ""] = /^[^.]*\.(.+)$/.exec(hostname()) ?? [];
  const standard = own === "" ? [] : [own];
  let lines: string[];
  try {
    lines = readFileSync("/etc/resolv.conf", "utf8").split("\n");
  } catch {
    return standard;
  }
  // The last of these lines counts.
  const lists = lines.flatMap((line) => /^\s*(?:search|domain)\s+(.*)$/.exec(line)?.[1] ?? []);
  return lists.at(-1)?.split(/\s+/).filter(Boolean) ?? standard;
}
