/** The addresses of the network that the tests have to themselves. All of them are on its loopback device. */

/** Where a program may go without a flag. */
export const PUBLIC = {
  first: "93.184.216.34",
  second: "151.101.1.69",
  overIpv6: "2606:2800:220:1::1",
} as const;

/** Public too, each the last or first before a range that is not. */
export const BORDERS = [
  "1.0.0.0",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "169.253.255.255",
  "169.255.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "191.255.255.255",
  "192.0.1.0",
  "192.0.3.0",
  "192.167.255.255",
  "192.169.0.0",
  "198.17.255.255",
  "198.20.0.0",
  "198.51.99.255",
  "198.51.101.0",
  "203.0.112.255",
  "203.0.114.0",
  "223.255.255.255",
  "2000::1",
  "2001:db7:ffff::1",
  "2001:db9::1",
  "2003::1",
] as const;

/** Where it may not, in the words of the refusal. IPv4 inside IPv6 is what it is outside, mostly. */
export const INSIDE = {
  "a loopback address": ["127.0.0.1", "127.255.255.254", "::1", "64:ff9b::7f00:1", "2002:7f00:1::1"],
  "a private address": [
    ...["10.0.0.5", "10.255.255.254", "172.16.0.9", "172.31.255.254", "192.168.1.1", "192.168.255.254"],
    ...["fc00::1", "fd12:3456:789a::1", "fec0::1", "64:ff9b::a00:5", "2002:a00:5::1"],
  ],
  "an address inside a carrier's network (CGNAT)": ["100.64.0.1", "100.127.255.254"],
  "a link-local address": ["169.254.1.1", "169.254.255.254", "169.254.170.23"],
  "where a cloud keeps its metadata": [
    ...["169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "168.63.129.16"],
    ...["fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "64:ff9b::a9fe:a9fe"],
  ],
  "no machine's address": ["0.1.2.3"],
  "a reserved address": [
    // The protocols' own, and 6to4's relays of old.
    ...["192.0.0.8", "192.0.0.170", "192.88.99.1"],
    // For documentation.
    ...["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    // For benchmarks.
    ...["198.18.0.1", "198.19.255.254", "2001:2::1"],
    // For later, for nobody, and from before.
    ...["240.0.0.1", "255.255.255.254", "100::1", "5f00::1"],
    // IPv4 inside IPv6 in ways that nobody uses any more, or only one network knows.
    ...["::7f00:1", "::a00:5", "::ffff:0:7f00:1", "64:ff9b:1::7f00:1", "64:ff9b:1:7f00:0:100::"],
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
  ],
} as const;

/** The name server's, where only lookups go. */
export const NAME_SERVER = "10.53.53.53";

/** Of IPv6's link-local addresses each interface has its own. */
export const LINK_LOCAL_IPV6 = "fe80::1";

/** In the words of the refusal, too; these are no addresses that a device is given. */
export const OF_NO_DEVICE = {
  "no machine's address": ["0.0.0.0", "::"],
  "a multicast address": ["224.0.0.1", "239.255.255.250", "ff02::1"],
  "a reserved address": ["255.255.255.255"],
  "a link-local address": [LINK_LOCAL_IPV6],
} as const;

/** Where every address answers to HTTP. */
export const WEB_PORTS = [80, 8000, 8001] as const;
export const PORT = {
  web: 8000,
  otherWeb: 8001,
  tls: 443,
  /** Open on the inside only: at a public address nobody listens there. */
  insideWeb: 9000,
  /** Of a server that speaks first. */
  greeting: 2525,
  datagrams: 8000,
} as const;

export const everyInsideAddress: readonly string[] = Object.values(INSIDE).flat();

export function isPublic(address: string): boolean {
  return ([...Object.values(PUBLIC), ...BORDERS] as readonly string[]).includes(address);
}
