import { networkOf, parseAddress } from "./ip-address.ts";
import type { IpAddress } from "./permissions.ts";

/** What kind of place an address is, for the default policy and for a refusal's words. */
export type AddressClass =
  | "public"
  | "loopback"
  | "private"
  | "carrier"
  | "link-local"
  | "metadata"
  | "multicast"
  | "unspecified"
  | "reserved";

/** By the special-purpose registries of IANA. An IPv4 address that is wrapped in IPv6 is judged as what it wraps. */
export function classOf(address: IpAddress): AddressClass {
  const special = specialNetworkOf(address);
  if (special === undefined) return address.version === 4 || isGlobalUnicast(address) ? "public" : "reserved";
  return special.is === "wrapped" ? classOf(unwrapped(address, special)) : special.is;
}

/**
 * Other addresses by which a connection to this one may arrive: the IPv4 address that is wrapped in it, and the machine
 * itself, which is where Linux connects to for no address at all.
 */
export function aliasesOf(address: IpAddress): readonly IpAddress[] {
  const special = specialNetworkOf(address);
  if (special?.is === "unspecified" && address.value === 0n) return [LOOPBACK[address.version]];
  if (special?.is !== "wrapped") return formerlyWrapped(address);
  const inner = unwrapped(address, special);
  return [inner, ...aliasesOf(inner)];
}

/** IPv4-compatible addresses and Teredo's are refused as reserved; where all is allowed they may lead somewhere still. */
function formerlyWrapped({ version, value }: IpAddress): readonly IpAddress[] {
  if (version === 4) return [];
  if (value >> 32n === 0n && value > 1n) return [{ version: 4, value }];
  return value >> 96n === TEREDO ? [{ version: 4, value: ~value & 0xffff_ffffn }] : [];
}

const TEREDO = 0x2001_0000n;

const LOOPBACK: Readonly<Record<IpAddress["version"], IpAddress>> = {
  4: { version: 4, value: 0x7f00_0001n },
  6: { version: 6, value: 1n },
};

/** As the end of `192.168.1.1 is …`. */
export const CLASS_WORDS: Readonly<Record<AddressClass, string>> = {
  public: "a public address",
  loopback: "a loopback address",
  private: "a private address",
  carrier: "an address inside a carrier's network (CGNAT)",
  "link-local": "a link-local address",
  metadata: "where a cloud keeps its metadata",
  multicast: "a multicast address",
  unspecified: "no machine's address",
  reserved: "a reserved address",
};

interface SpecialNetwork {
  readonly network: IpAddress;
  readonly prefixLength: number;
  readonly is: AddressClass | "wrapped";
  /** Where in the IPv6 address the IPv4 address ends. */
  readonly wrappedBelowBit?: number;
}

/** Narrower ones before those they lie in. An IPv4-mapped address is an IPv4 address already. */
const SPECIAL: readonly SpecialNetwork[] = [
  ...networks("metadata", "169.254.169.254/32 169.254.170.2/32 100.100.100.200/32 168.63.129.16/32 192.0.0.192/32"),
  ...networks("metadata", "fd00:ec2::/32 fd20:ce::254/128 fd00:c1::a9fe:a9fe/128"),
  ...networks("unspecified", "0.0.0.0/8 ::/128"),
  ...networks("loopback", "127.0.0.0/8 ::1/128"),
  ...networks("private", "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fec0::/10"),
  ...networks("carrier", "100.64.0.0/10"),
  ...networks("link-local", "169.254.0.0/16 fe80::/10"),
  ...networks("multicast", "224.0.0.0/4 ff00::/8"),
  ...networks("reserved", "192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24"),
  ...networks("reserved", "240.0.0.0/4 64:ff9b:1::/48 100::/64 2001:db8::/32 2001::/23 3fff::/20"),
  ...networks("wrapped", "64:ff9b::/96"),
  ...networks("wrapped", "2002::/16").map((each) => ({ ...each, wrappedBelowBit: 80 })),
];

function networks(is: SpecialNetwork["is"], list: string): SpecialNetwork[] {
  return list.split(" ").map((text) => {
    const [address = "", prefixLength = ""] = text.split("/");
    const network = parseAddress(address);
    if (network === null) throw new Error(`not an address: ${address}`);
    return { network, prefixLength: Number(prefixLength), is };
  });
}

function specialNetworkOf(address: IpAddress): SpecialNetwork | undefined {
  return SPECIAL.find(({ network, prefixLength }) => isWithin(address, network, prefixLength));
}

function unwrapped({ value }: IpAddress, { wrappedBelowBit = 0 }: SpecialNetwork): IpAddress {
  return { version: 4, value: (value >> BigInt(wrappedBelowBit)) & 0xffff_ffffn };
}

function isWithin(address: IpAddress, network: IpAddress, prefixLength: number): boolean {
  return address.version === network.version && networkOf(address, prefixLength).value === network.value;
}

/** 2000::/3, all that has been given out of IPv6. */
function isGlobalUnicast({ value }: IpAddress): boolean {
  return value >> 125n === 1n;
}
