import type { HostName, IpAddress } from "../../permissions/permissions.ts";

/** Names that only a proxy can look up: a program is given an address that stands for one, and connects to that. */
export class ProxiedNames {
  readonly #byName = new Map<HostName, number>();
  readonly #names: HostName[] = [];
  #next = 0;

  get isEmpty(): boolean {
    return this.#names.length === 0;
  }

  /** The same for the same name, until all are given away and the oldest begins to stand for another. */
  placeholder(name: HostName): IpAddress {
    const index = this.#byName.get(name) ?? this.#assign(name);
    return { version: 4, value: FIRST + BigInt(index) };
  }

  nameOf({ version, value }: IpAddress): HostName | undefined {
    return version === 4 && value >= FIRST ? this.#names[Number(value - FIRST)] : undefined;
  }

  #assign(name: HostName): number {
    const index = this.#next;
    this.#next = (this.#next + 1) % MOST_NAMES;
    const before = this.#names[index];
    if (before !== undefined) this.#byName.delete(before);
    this.#names[index] = name;
    this.#byName.set(name, index);
    return index;
  }
}

/** 198.18.0.0/15 is for benchmarks of networks: no machine has such an address. */
const FIRST = (198n << 24n) | (18n << 16n);
const MOST_NAMES = 4096;
