import { networkOf } from "./ip-address.ts";
import type { Host, HostPattern } from "./permissions.ts";
import { LAST_PORT } from "./split-host-port.ts";

export function matches(pattern: HostPattern, host: Host, port: number): boolean {
  return matchesPort(pattern, port) && matchesHost(pattern, host);
}

export function matchesPort({ ports }: HostPattern, port: number): boolean {
  return ports.first <= port && port <= ports.last;
}

export function coversEveryPort({ ports }: HostPattern): boolean {
  return ports.first <= 1 && ports.last === LAST_PORT;
}

/** A name is not resolved here: patterns of addresses match addresses only, those of names names only. */
export function matchesHost(pattern: HostPattern, host: Host): boolean {
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
