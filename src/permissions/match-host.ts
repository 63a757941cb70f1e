import { networkOf } from "./ip-address.ts";
import type { Host, HostPattern } from "./permissions.ts";

/** A name is not resolved here: patterns of addresses match addresses only, those of names names only. */
export function matches(pattern: HostPattern, host: Host, port: number): boolean {
  return pattern.ports.first <= port && port <= pattern.ports.last && matchesHost(pattern, host);
}

function matchesHost(pattern: HostPattern, host: Host): boolean {
  switch (pattern.kind) {
    case "name":
      return host.kind === "name" && host.name === pattern.name;
    case "subdomains":
      return host.kind === "name" && host.name.endsWith(`.${pattern.parent}`);
    case "network":
      return (
        host.kind === "address" &&
        host.address.version === pattern.network.version &&
        networkOf(host.address, pattern.prefixLength).value === pattern.network.value
      );
  }
}
