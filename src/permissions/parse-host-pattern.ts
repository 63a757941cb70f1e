import type { UsageError } from "../errors.ts";
import { type HostItem, hostFlag, refusal, write } from "./host-item.ts";
import { bitsOf, formatAddress, networkOf, parseAddress } from "./ip-address.ts";
import { endsInNumber, parseHostName, plainSpelling } from "./parse-host.ts";
import type { HostPattern } from "./permissions.ts";
import { IPV6_HINT, isPort, splitHostPort } from "./split-host-port.ts";

/**
 * HOST[:PORT[-PORT]]. HOST is a name, `*.example.com` (all below it, not itself), an address, or a network such as
 * 10.0.0.0/8. Before a port IPv6 stands in brackets. Throws UsageError that says what to write instead.
 */
export function parseHostPattern(item: HostItem): HostPattern {
  if (item.text.includes("://")) throw refusal(item, "a URL where a host should be", write(item, hostOfUrl(item.text)));
  const { host, ports } = splitHostPort(item);
  return { ...parseTarget(host, item), ports, givenBy: hostFlag(item) };
}

type Target =
  | Pick<Extract<HostPattern, { kind: "name" }>, "kind" | "name">
  | Pick<Extract<HostPattern, { kind: "subdomains" }>, "kind" | "parent">
  | NetworkTarget;
type NetworkTarget = Pick<Extract<HostPattern, { kind: "network" }>, "kind" | "network" | "prefixLength">;

function parseTarget(host: string, item: HostItem): Target {
  const address = parseAddress(host);
  if (address !== null) return { kind: "network", network: address, prefixLength: bitsOf(address.version) };
  if (host.includes("/")) return parseNetwork(host, item);
  if (host.includes(":")) throw refusal(item, "not an IPv6 address", IPV6_HINT);
  const wildcard = host.startsWith("*.");
  const name = parseHostName(wildcard ? host.slice(2) : host);
  if (name === null) throw notAHost(host, item);
  return wildcard ? { kind: "subdomains", parent: name } : { kind: "name", name };
}

function parseNetwork(host: string, item: HostItem): NetworkTarget {
  const [base = "", length = "", ...more] = host.split("/");
  const address = parseAddress(base);
  if (address === null) {
    const hint = parseHostName(base) === null ? NETWORK_HINT : write(item, item.text.replace(host, base));
    throw refusal(item, "a '/', but no address before it", hint);
  }
  // An IPv4-mapped network was written with IPv6's lengths.
  const unwritten = address.version === 4 && base.includes(":") ? 96 : 0;
  const longest = bitsOf(address.version);
  const prefixLength = Number(length) - unwritten;
  if (more.length > 0 || !/^(?:0|[1-9]\d*)$/.test(length) || prefixLength < 0 || prefixLength > longest) {
    const range = `from ${unwritten} to ${longest + unwritten}`;
    throw refusal(item, `the length of a network's prefix is a number ${range}`, NETWORK_HINT);
  }
  const network = networkOf(address, prefixLength);
  if (network.value === address.value) return { kind: "network", network, prefixLength };
  const masked = item.text.replace(host, `${formatAddress(network)}/${prefixLength}`);
  const plain = network.version === 4 ? masked.replace(/[[\]]/g, "") : masked;
  throw refusal(item, "bits set behind the network's prefix", write(item, plain));
}

const NETWORK_HINT = "for example 10.0.0.0/8 or [2001:db8::/32]:443";

function notAHost(host: string, item: HostItem): UsageError {
  if (host.includes("*")) {
    const all =
      item.flag === "--allow-net" ? "--allow-net alone allows all hosts" : "--deny-net alone denies all hosts";
    return refusal(item, "a * that does not stand for subdomains", `for example *.example.com; ${all}`);
  }
  if (isPort(item.text)) return refusal(item, "a port without a host", write(item, `127.0.0.1:${host}`));
  const plain = plainSpelling(host);
  if (plain !== null) {
    return refusal(item, "not the plain spelling of an address", write(item, item.text.replace(host, plain)));
  }
  return endsInNumber(host)
    ? refusal(item, "not an IPv4 address", "write four numbers up to 255, without leading zeros: 192.0.2.1")
    : refusal(item, "not the name of a host", "for example example.com, example.com:443 or 192.0.2.1");
}

/** The host of a URL with the port that its scheme has. */
function hostOfUrl(text: string): string {
  const { protocol, hostname, port } = new URL(URL.canParse(text) ? text : "https://example.com");
  if (hostname === "") return "example.com:443";
  const known = port || SCHEME_PORTS[protocol];
  return known === undefined ? hostname : `${hostname}:${known}`;
}

const SCHEME_PORTS: Partial<Record<string, string>> = { "http:": "80", "https:": "443", "ws:": "80", "wss:": "443" };
