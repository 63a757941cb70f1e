import { describe, expect, test } from "bun:test";
import { type AddressClass, aliasesOf, CLASS_WORDS, classOf } from "../../src/permissions/address-class.ts";
import { bitsOf, formatAddress, parseAddress } from "../../src/permissions/ip-address.ts";
import type { IpAddress } from "../../src/permissions/permissions.ts";

function addressOf(text: string): IpAddress {
  const address = parseAddress(text);
  if (address === null) throw new Error(`no address: ${text}`);
  return address;
}

const classOfText = (text: string) => classOf(addressOf(text));

/** The addresses beside a range, as far as there are any. */
function neighbours(first: IpAddress, last: IpAddress): IpAddress[] {
  const { version } = first;
  const end = 1n << BigInt(bitsOf(version));
  return [first.value - 1n, last.value + 1n]
    .filter((value) => value >= 0n && value < end)
    .map((value) => ({ version, value }));
}

describe("a range is of its class from its first address to its last", () => {
  test.each<[AddressClass, string, string]>([
    ["unspecified", "0.0.0.0", "0.255.255.255"],
    ["private", "10.0.0.0", "10.255.255.255"],
    ["carrier", "100.64.0.0", "100.100.100.199"],
    ["metadata", "100.100.100.200", "100.100.100.200"],
    ["carrier", "100.100.100.201", "100.127.255.255"],
    ["loopback", "127.0.0.0", "127.255.255.255"],
    ["metadata", "168.63.129.16", "168.63.129.16"],
    ["link-local", "169.254.0.0", "169.254.169.253"],
    ["metadata", "169.254.169.254", "169.254.169.254"],
    ["link-local", "169.254.169.255", "169.254.170.1"],
    ["metadata", "169.254.170.2", "169.254.170.2"],
    ["link-local", "169.254.170.3", "169.254.255.255"],
    ["private", "172.16.0.0", "172.31.255.255"],
    ["reserved", "192.0.0.0", "192.0.0.191"],
    ["metadata", "192.0.0.192", "192.0.0.192"],
    ["reserved", "192.0.0.193", "192.0.0.255"],
    ["reserved", "192.0.2.0", "192.0.2.255"],
    ["reserved", "192.88.99.0", "192.88.99.255"],
    ["private", "192.168.0.0", "192.168.255.255"],
    ["reserved", "198.18.0.0", "198.19.255.255"],
    ["reserved", "198.51.100.0", "198.51.100.255"],
    ["reserved", "203.0.113.0", "203.0.113.255"],
    ["multicast", "224.0.0.0", "239.255.255.255"],
    ["reserved", "240.0.0.0", "255.255.255.255"],
    ["unspecified", "::", "::"],
    ["loopback", "::1", "::1"],
    ["reserved", "::2", "::fffe:ffff:ffff"],
    ["reserved", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"],
    ["reserved", "100::", "100::ffff:ffff:ffff:ffff"],
    ["reserved", "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["reserved", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["reserved", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["private", "fc00::", "fcff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["metadata", "fd00:ec2::", "fd00:ec2:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["metadata", "fd20:ce::254", "fd20:ce::254"],
    ["metadata", "fd00:c1::a9fe:a9fe", "fd00:c1::a9fe:a9fe"],
    ["private", "fd00:ec3::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["reserved", "fe00::", "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["link-local", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["private", "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["multicast", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ])("%s: %s to %s", (expected, first, last) => {
    expect([first, last].map(classOfText)).toEqual([expected, expected]);
  });

  test.each([
    ["0.0.0.0", "0.255.255.255"],
    ["10.0.0.0", "10.255.255.255"],
    ["100.64.0.0", "100.127.255.255"],
    ["127.0.0.0", "127.255.255.255"],
    ["168.63.129.16", "168.63.129.16"],
    ["169.254.0.0", "169.254.255.255"],
    ["172.16.0.0", "172.31.255.255"],
    ["192.0.0.0", "192.0.0.255"],
    ["192.0.2.0", "192.0.2.255"],
    ["192.88.99.0", "192.88.99.255"],
    ["192.168.0.0", "192.168.255.255"],
    ["198.18.0.0", "198.19.255.255"],
    ["198.51.100.0", "198.51.100.255"],
    ["203.0.113.0", "203.0.113.255"],
    ["224.0.0.0", "255.255.255.255"],
    ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ])("%s to %s has public neighbours", (first, last) => {
    const beside = neighbours(addressOf(first), addressOf(last));
    expect(beside.map((address) => [formatAddress(address), classOf(address)])).toEqual(
      beside.map((address) => [formatAddress(address), "public"]),
    );
  });
});

test.each(["1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "172.15.255.255", "192.167.255.255", "223.255.255.255"])(
  "%s is public",
  (text) => {
    expect(classOfText(text)).toBe("public");
  },
);

describe("of IPv6 only 2000::/3 is public", () => {
  test.each<[string, AddressClass]>([
    ["1fff:ffff::", "reserved"],
    ["2000::", "public"],
    ["2606:4700:4700::1111", "public"],
    ["3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "public"],
    ["3fff:1000::", "public"],
    ["3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "public"],
    ["4000::", "reserved"],
    ["5f00::1", "reserved"],
    ["fbff:ffff::", "reserved"],
  ])("%s is %s", (text, expected) => {
    expect(classOfText(text)).toBe(expected);
  });
});

describe("an IPv4 address that is wrapped in IPv6 is judged as what it wraps", () => {
  const IPV4: readonly [string, AddressClass][] = [
    ["0.0.0.0", "unspecified"],
    ["8.8.8.8", "public"],
    ["10.1.2.3", "private"],
    ["100.64.0.1", "carrier"],
    ["127.0.0.1", "loopback"],
    ["169.254.1.1", "link-local"],
    ["169.254.169.254", "metadata"],
    ["192.168.255.255", "private"],
    ["198.18.0.1", "reserved"],
    ["224.0.0.1", "multicast"],
    ["255.255.255.255", "reserved"],
  ];
  const hex = (text: string) => {
    const digits = addressOf(text).value.toString(16).padStart(8, "0");
    return [digits.slice(0, 4), digits.slice(4)];
  };

  test.each(IPV4)("%s is %s", (text, expected) => {
    const [high, low] = hex(text);
    const wrapped = [
      `::ffff:${text}`,
      `64:ff9b::${text}`,
      `64:ff9b::${high}:${low}`,
      `2002:${high}:${low}::`,
      `2002:${high}:${low}:1234:5678:9abc:def0:1234`,
    ];
    expect(wrapped.map((each) => [each, classOfText(each)])).toEqual(wrapped.map((each) => [each, expected]));
  });

  test("but not behind a prefix that only looks so", () => {
    expect(["64:ff9b::1:7f00:1", "64:ff9b:2::7f00:1", "2003:7f00:1::", "::7f00:1"].map(classOfText)).toEqual([
      "reserved",
      "reserved",
      "public",
      "reserved",
    ]);
  });
});

describe("a connection may arrive by another address too", () => {
  test.each([
    ["0.0.0.0", ["127.0.0.1"]],
    ["::ffff:0.0.0.0", ["127.0.0.1"]],
    ["::", ["::1"]],
    ["64:ff9b::10.0.0.1", ["10.0.0.1"]],
    ["2002:a9fe:a9fe::1", ["169.254.169.254"]],
    ["64:ff9b::", ["0.0.0.0", "127.0.0.1"]],
    ["0.0.0.1", []],
    ["127.0.0.1", []],
    ["8.8.8.8", []],
    ["2606:4700::1111", []],
  ])("%s: %j", (text, expected) => {
    expect(aliasesOf(addressOf(text)).map(formatAddress)).toEqual(expected);
  });
});

test("every class has its words", () => {
  expect(CLASS_WORDS).toEqual({
    public: "a public address",
    loopback: "a loopback address",
    private: "a private address",
    carrier: "an address inside a carrier's network (CGNAT)",
    "link-local": "a link-local address",
    metadata: "where a cloud keeps its metadata",
    multicast: "a multicast address",
    unspecified: "no machine's address",
    reserved: "a reserved address",
  });
});
