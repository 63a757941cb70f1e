import { type HostItem, refusal, write } from "./host-item.ts";
import { parseAddress } from "./ip-address.ts";
import type { PortRange } from "./permissions.ts";

/** Takes `HOST[:PORT[-PORT]]` apart; IPv6 loses its brackets, no port means all. Throws UsageError. */
export function splitHostPort(item: HostItem): { host: string; ports: PortRange } {
  const { text } = item;
  const [, bracketed = "", bracketedPort] = /^\[(.*)\](?::(.*))?$/s.exec(text) ?? [];
  if (bracketed.includes(":")) return { host: bracketed, ports: parsePorts(bracketedPort, item) };
  if (/[[\]]/.test(text)) throw refusal(item, "brackets, but not around an IPv6 address", IPV6_HINT);
  const [host = "", port, ...more] = text.split(":");
  if (more.length > 0) return { host: unambiguousIpv6(item), ports: ALL_PORTS };
  const ports = parsePorts(port, item);
  if (host === "") throw refusal(item, "a port without a host", write(item, `127.0.0.1:${port}`));
  return { host, ports };
}

/** A host and a port as they are written together: IPv6 in brackets. Without a port the host alone. */
export function joinHostPort(host: string, port: number | null): string {
  if (port === null) return host;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Digits of a port that there is. */
export function isPort(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= LAST_PORT;
}

export const IPV6_HINT = "an IPv6 address before a port stands in brackets: [2001:db8::1]:443";

export const LAST_PORT = 65535;
const ALL_PORTS: PortRange = { first: 0, last: LAST_PORT };

/** `::1:80` is an address, and so is the `::1` in it: which of the two was meant is not guessed. */
function unambiguousIpv6(item: HostItem): string {
  const { text } = item;
  const [, address = "", port = ""] = /^(.*):(\d+(?:-\d+)?)$/s.exec(text) ?? [];
  if (parseAddress(address) === null || !port.split("-").every(isPort)) return text;
  const withPort = `[${address}]:${port}`;
  if (parseAddress(text) === null) throw refusal(item, "an IPv6 address with a port", write(item, withPort));
  throw refusal(item, "an IPv6 address, or one with a port", write(item, `[${text}]`, withPort));
}

function parsePorts(text: string | undefined, item: HostItem): PortRange {
  if (text === undefined) return ALL_PORTS;
  const [first = "", last = first, ...more] = text.split("-");
  const range = { first: Number(first), last: Number(last) };
  if (more.length === 0 && isPort(first) && isPort(last) && range.first <= range.last) return range;
  throw refusal(
    item,
    `ports are numbers from 1 to ${LAST_PORT}`,
    "for example example.com:443 or example.com:8000-8100",
  );
}
