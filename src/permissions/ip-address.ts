import { isIPv4, isIPv6 } from "node:net";
import type { IpAddress } from "./permissions.ts";

/** An address in its plain spelling: four decimal numbers, or IPv6 without a zone. Null for anything else. */
export function parseAddress(text: string): IpAddress | null {
  if (isIPv4(text)) return { version: 4, value: ipv4Value(text) };
  if (!isIPv6(text) || text.includes("%")) return null;
  const value = ipv6Value(text);
  return value >> 32n === IPV4_MAPPED ? { version: 4, value: value & 0xffff_ffffn } : { version: 6, value };
}

/** As `parseAddress`, and IPv6 with a zone: fe80::1%eth0. */
export function parseZonedAddress(text: string): IpAddress | null {
  const [, bare = "", zone] = ZONED.exec(text) ?? [];
  const address = parseAddress(zone === undefined ? text : bare);
  if (address === null || zone === undefined) return address;
  return address.version === 6 ? { ...address, zone } : null;
}

/** What an interface may be called, or its number. */
const ZONED = /^([\da-f:]+)%([\w.-]{1,15})$/i;

/** As it is dialled, with its zone. */
export function formatZonedAddress(address: IpAddress): string {
  return address.zone === undefined ? formatAddress(address) : `${formatAddress(address)}%${address.zone}`;
}

/** The shortest spelling, IPv6 in lower case. */
export function formatAddress({ version, value }: IpAddress): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join(".");
  const groups = value.toString(16).padStart(32, "0").match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

/** The first address of the network that this address is in. */
export function networkOf({ version, value }: IpAddress, prefixLength: number): IpAddress {
  const hostBits = BigInt(bitsOf(version) - prefixLength);
  return { version, value: (value >> hostBits) << hostBits };
}

export function bitsOf(version: IpAddress["version"]): 32 | 128 {
  return version === 4 ? 32 : 128;
}

/** ::ffff:0:0/96. */
const IPV4_MAPPED = 0xffffn;

function ipv4Value(text: string): bigint {
  return text.split(".").reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function ipv6Value(text: string): bigint {
  const [left = [], right = []] = text.split("::").map(groupsOf);
  const zeros = new Array<bigint>(8 - left.length - right.length).fill(0n);
  return [...left, ...zeros, ...right].reduce((value, group) => (value << 16n) | group, 0n);
}

function groupsOf(text: string): bigint[] {
  if (text === "") return [];
  return text.split(":").flatMap((part) => {
    if (!part.includes(".")) return [BigInt(`0x${part}`)];
    const value = ipv4Value(part);
    return [value >> 16n, value & 0xffffn];
  });
}
