import { formatAddress } from "../../permissions/ip-address.ts";
import type { HostName, IpAddress } from "../../permissions/permissions.ts";

/** By which names a program has found which addresses: a grant of a name holds for what it led to. */
export class KnownNames {
  readonly #names = new Map<string, Set<HostName>>();

  add(name: HostName, address: IpAddress): void {
    const key = formatAddress(address);
    const names = this.#names.get(key) ?? new Set();
    if (names.size < MOST_NAMES) names.add(name);
    // Behind all others: what has been looked up last is forgotten last.
    this.#names.delete(key);
    this.#names.set(key, names);
    const oldest = this.#names.size > MOST_ADDRESSES ? this.#names.keys().next().value : undefined;
    if (oldest !== undefined) this.#names.delete(oldest);
  }

  of(address: IpAddress): readonly HostName[] {
    return [...(this.#names.get(formatAddress(address)) ?? [])];
  }
}

const MOST_ADDRESSES = 4096;
const MOST_NAMES = 64;
