import type { SocketAddress } from "../../protocol/messages.ts";
import type { PyodideModule } from "../emscripten.ts";

/** Of streams inside woma, which have no addresses. */
export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;

/** sizeof(struct sockaddr_in), and of the family alone. */
const IPV4_BYTES = 16;
const FAMILY_BYTES = 2;
/** 240.0.0.0/4 is reserved: no machine has such an address. */
const FIRST_STAND_IN = 240 * 2 ** 24;
const MOST_STAND_INS = 2 ** 28;

/**
 * What C and Python in the cell know addresses by. This build of CPython reads and writes IPv4's struct sockaddr alone;
 * so an IPv6 address has a stand-in among the reserved IPv4 addresses, and woma_ipv6.py shows it as what it is.
 */
export class SocketAddresses {
  readonly #stoodFor = new Map<number, string>();
  readonly #standIns = new Map<string, number>();
  /** Somewhere in the network, so that a program's own number is none of them. */
  readonly #start = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

  constructor(private readonly module: () => PyodideModule) {}

  /** A struct sockaddr; null for what is not IPv4's. */
  read(address: number, length: number): SocketAddress | null {
    const { HEAPU8 } = this.module();
    const view = new DataView(HEAPU8.buffer);
    if (length < IPV4_BYTES || view.getUint16(address, true) !== AF_INET) return null;
    const stoodFor = this.#stoodFor.get(view.getUint32(address + 4));
    return {
      address: stoodFor ?? HEAPU8.subarray(address + 4, address + 8).join("."),
      port: view.getUint16(address + 2),
    };
  }

  /** Writes a struct sockaddr; its size. */
  write(target: number, { address, port }: SocketAddress): number {
    const { HEAPU8 } = this.module();
    HEAPU8.fill(0, target, target + IPV4_BYTES);
    const view = new DataView(HEAPU8.buffer);
    view.setUint16(target, AF_INET, true);
    view.setUint16(target + 2, port);
    view.setUint32(target + 4, this.#number(address));
    return IPV4_BYTES;
  }

  /** Writes one that has a family and nothing else; its size. */
  writeNone(target: number): number {
    new DataView(this.module().HEAPU8.buffer).setUint16(target, AF_UNIX, true);
    return FAMILY_BYTES;
  }

  #number(address: string): number {
    if (familyOf(address) === AF_INET) return address.split(".").reduce((value, part) => value * 256 + Number(part), 0);
    const known = this.#standIns.get(address);
    if (known !== undefined) return known;
    const standIn = FIRST_STAND_IN + ((this.#start + this.#standIns.size) % MOST_STAND_INS);
    this.#stoodFor.set(standIn, address);
    this.#standIns.set(address, standIn);
    return standIn;
  }
}

/** How the two versions of IP look in their plain spellings; null for a name. */
export function familyOf(address: string): typeof AF_INET | typeof AF_INET6 | null {
  if (address.includes(":")) return AF_INET6;
  return /^\d+(?:\.\d+){3}$/.test(address) ? AF_INET : null;
}
