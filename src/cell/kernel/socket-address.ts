import type { SocketAddress } from "../../protocol/messages.ts";
import type { PyodideModule } from "../emscripten.ts";

export const AF_INET = 2;
export const AF_INET6 = 10;

/** sizeof(struct sockaddr_in), and of sockaddr_in6. */
const IPV4_BYTES = 16;
const IPV6_BYTES = 28;

/** A struct sockaddr; null for what is neither IPv4's nor IPv6's. */
export function readSocketAddress(module: PyodideModule, address: number, length: number): SocketAddress | null {
  const view = new DataView(module.HEAPU8.buffer);
  const family = length >= 2 ? view.getUint16(address, true) : 0;
  if (family === AF_INET && length >= IPV4_BYTES) {
    const bytes = module.HEAPU8.subarray(address + 4, address + 8);
    return { address: bytes.join("."), port: view.getUint16(address + 2) };
  }
  if (family !== AF_INET6 || length < IPV6_BYTES) return null;
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(address + 8 + 2 * index).toString(16));
  return { address: groups.join(":"), port: view.getUint16(address + 2) };
}

/** Writes a struct sockaddr, an IPv4 address as an IPv6 socket has it where that is the family; its size. */
export function writeSocketAddress(
  module: PyodideModule,
  target: number,
  given: SocketAddress & { family: number },
): number {
  const size = given.family === AF_INET6 ? IPV6_BYTES : IPV4_BYTES;
  module.HEAPU8.fill(0, target, target + size);
  const view = new DataView(module.HEAPU8.buffer);
  view.setUint16(target, given.family, true);
  view.setUint16(target + 2, given.port);
  if (given.family === AF_INET) module.HEAPU8.set(ipv4Bytes(given.address), target + 4);
  else for (const [index, group] of ipv6Groups(given.address).entries()) view.setUint16(target + 8 + 2 * index, group);
  return size;
}

/** How the two versions of IP look in their plain spellings; null for a name. */
export function familyOf(address: string): typeof AF_INET | typeof AF_INET6 | null {
  if (address.includes(":")) return AF_INET6;
  return /^\d+(?:\.\d+){3}$/.test(address) ? AF_INET : null;
}

function ipv4Bytes(address: string): number[] {
  return address.split(".").map(Number);
}

/** Eight numbers of 16 bits; one part may be `::`, the last an IPv4 address. */
function ipv6Groups(address: string): number[] {
  if (!address.includes(":")) return ipv6Groups(`::ffff:${address}`);
  const plain = address.replace(/%.*$/, "").replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [left = [], right = []] = plain
    .split("::")
    .map((half) => (half === "" ? [] : half.split(":").map((group) => Number.parseInt(group, 16))));
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}
