import { REFUSED_PORT } from "../support/network/listening.ts";
import type { Addresses } from "../support/network/web-network.ts";

/** What came of one behaviour: what the program returned, what it raised, or that it never got so far. */
export type Outcome =
  | { readonly result: unknown }
  | { readonly raised: unknown }
  | { readonly died: string }
  | { readonly hung: string };

/** Takes out what differs from run to run, and what only says which Python this is. */
export function normalised(text: string, { ports }: Addresses): string {
  const numbers = Object.entries(ports).sort(([, a], [, b]) => b - a);
  const named = numbers
    .filter(([, port]) => port !== REFUSED_PORT)
    .reduce((named, [name, port]) => named.replaceAll(new RegExp(`\\b${port}\\b`, "g"), `<${name}>`), text);
  return named
    .replace(/\b0x[0-9a-f]{6,}\b/g, "0x#")
    .replace(/\b_ssl\.c:\d+/g, "_ssl.c:#")
    .replace(/\b(Python(?:-urllib)?)\/3\.\d+/g, "$1/3.#");
}
