import { domainToASCII } from "node:url";
import { parseAddress } from "./ip-address.ts";
import type { Host, HostName } from "./permissions.ts";

/** A name or an address in its plain spelling; null for what is neither, and for odd spellings such as 127.1. */
export function parseHost(text: string): Host | null {
  const address = parseAddress(text);
  if (address !== null) return { kind: "address", address };
  const name = parseHostName(text);
  return name === null ? null : { kind: "name", name };
}

/** Null for what is no name, which all spellings of addresses are. */
export function parseHostName(text: string): HostName | null {
  const ascii = domainToASCII(FORBIDDEN.test(text) ? "" : text).replace(/\.$/, "");
  if (ascii.length > 253 || !ascii.split(".").every((label) => LABEL.test(label))) return null;
  return endsInNumber(ascii) ? null : (ascii as HostName);
}

/** How an IPv4 address is plainly written that inet_aton(3) would read in octal, hexadecimal or with parts left out. */
export function plainSpelling(text: string): string | null {
  if (FORBIDDEN.test(text)) return null;
  const ascii = domainToASCII(text).replace(/\.$/, "");
  return ascii !== text && parseAddress(ascii) !== null ? ascii : null;
}

/** What a resolver, and the URL standard, takes for an IPv4 address however wrong the rest is. */
export function endsInNumber(text: string): boolean {
  return /(?:^|\.)(?:\d+|0x[\da-f]*)\.?$/i.test(text);
}

/** domainToASCII drops some of these with what follows, and passes over others. */
const FORBIDDEN = /[\s\p{Cc}/\\?#@%:[\]]/u;

const LABEL = /^[a-z\d_-]{1,63}$/;
