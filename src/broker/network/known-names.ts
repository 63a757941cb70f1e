import { formatAddress } from "../../permissions/ip-address.ts";
import type { HostName, IpAddress } from "../../permissions/permissions.ts";

/** By which names a program has found which addresses: a grant of a name holds for what it led to. */
export class KnownNames {
  readonly #names = new Map<string, Set<HostName>>();

  /** Behind all others: what has been looked up last is forgotten last. */
  add(name: HostName, address: IpAddress): void {
    const key = formatAddress(address);
    const names = this.#names.get(key) ?? new Set();
    names.delete(name);
    names.add(name);
    if (names.size > MOST_NAMES) forgetFirst(names);
    this.#names.delete(key);
    this.#names.set(key, names);
    if (this.#names.size > MOST_ADDRESSES) forgetFirst(this.#names);
  }

  of(address: IpAddress): readonly HostName[] {
    return [...(this.#names.get(formatAddress(address)) ?? [])];
  }
}

const MOST_ADDRESSES = 4096;
const MOST_NAMES = 64;

function forgetFirst<Key>(from: Set<Key> | Map<Key, unknown>): void {
  for (const oldest of from.keys()) {
    from.delete(oldest);
    return;
  }
}
