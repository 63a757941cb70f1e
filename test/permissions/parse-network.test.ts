import { describe, expect, test } from "bun:test";
import { networkPolicy, parseNetworkGrant } from "../../src/permissions/parse-network.ts";
import type { HostPattern } from "../../src/permissions/permissions.ts";
import { complaint } from "./complaint.ts";

const ALL_PORTS = { first: 0, last: 65535 };

function onlyHost(value: string): HostPattern {
  const { hosts } = parseNetworkGrant("--allow-net", value);
  if (hosts === "all" || hosts.length > 1) throw new Error("not one host");
  return hosts[0];
}

const netComplaint = (value: string) => complaint(() => parseNetworkGrant("--allow-net", value));

describe("--allow-net and --deny-net", () => {
  test("mean all hosts without a value", () => {
    expect(parseNetworkGrant("--allow-net", true)).toEqual({ effect: "allow", hosts: "all" });
    expect(parseNetworkGrant("--deny-net", true)).toEqual({ effect: "deny", hosts: "all" });
  });

  test("list hosts, each named by its own flag", () => {
    expect<unknown>(parseNetworkGrant("--deny-net", "example.com:443,*.example.com,10.0.0.0/8")).toEqual({
      effect: "deny",
      hosts: [
        { kind: "name", name: "example.com", ports: { first: 443, last: 443 }, givenBy: "--deny-net=example.com:443" },
        { kind: "subdomains", parent: "example.com", ports: ALL_PORTS, givenBy: "--deny-net='*.example.com'" },
        {
          kind: "network",
          network: { version: 4, value: 0x0a000000n },
          prefixLength: 8,
          ports: ALL_PORTS,
          givenBy: "--deny-net=10.0.0.0/8",
        },
      ],
    });
  });

  test.each([
    ["localhost", "localhost"],
    ["EXAMPLE.Com", "example.com"],
    ["example.com.", "example.com"],
    ["münchen.de", "xn--mnchen-3ya.de"],
    ["XN--MNCHEN-3YA.de", "xn--mnchen-3ya.de"],
    ["例え.テスト", "xn--r8jz45g.xn--zckzah"],
    ["a。com", "a.com"],
    ["my_host", "my_host"],
    ["3com.com", "3com.com"],
    ["1.2.3.4.example", "1.2.3.4.example"],
  ])("take the name %s for %s", (value, name) => {
    expect<unknown>(onlyHost(value)).toMatchObject({ kind: "name", name });
  });

  test.each([
    ["127.0.0.1", 4, 0x7f000001n, 32],
    ["0.0.0.0/0", 4, 0n, 0],
    ["192.168.1.0/24", 4, 0xc0a80100n, 24],
    ["::", 6, 0n, 128],
    ["::1", 6, 1n, 128],
    ["[::1]", 6, 1n, 128],
    ["2001:DB8::2:1:0", 6, 0x20010db8_00000000_00000002_00010000n, 128],
    ["1:2:3:4:5:6:7:8", 6, 0x00010002_00030004_00050006_00070008n, 128],
    ["::/0", 6, 0n, 0],
    ["fd00::/8", 6, 0xfd00n << 112n, 8],
    ["[fe80::/10]", 6, 0xfe80n << 112n, 10],
    ["::ffff:127.0.0.1", 4, 0x7f000001n, 32],
    ["[::ffff:7f00:1]", 4, 0x7f000001n, 32],
    ["::ffff:10.0.0.0/104", 4, 0x0a000000n, 8],
    ["64:ff9b::192.0.2.1", 6, (0x64ff9bn << 96n) | 0xc0000201n, 128],
  ] as const)("take the address %s", (value, version, bits, prefixLength) => {
    expect(onlyHost(value)).toMatchObject({ kind: "network", network: { version, value: bits }, prefixLength });
  });

  test.each([
    ["example.com:1", 1, 1],
    ["example.com:8000-8100", 8000, 8100],
    ["*.example.com:65535", 65535, 65535],
    ["10.0.0.0/8:80-80", 80, 80],
    ["[::1]:8000", 8000, 8000],
    ["[fd00::/8]:443", 443, 443],
  ])("take the port of %s", (value, first, last) => {
    expect(onlyHost(value).ports).toEqual({ first, last });
  });
});

describe("a host is refused when it", () => {
  const example = "for example example.com, example.com:443 or 192.0.2.1";
  const ports = "for example example.com:443 or example.com:8000-8100";
  const brackets = "an IPv6 address before a port stands in brackets: [2001:db8::1]:443";
  const numbers = "write four numbers up to 255, without leading zeros: 192.0.2.1";
  const networks = "for example 10.0.0.0/8 or [2001:db8::/32]:443";
  const star = "for example *.example.com; --allow-net alone allows all hosts";
  const comma = "put one comma between two hosts";

  test.each([
    ["", "'': nothing where a host should be", "is the variable that it comes from set?"],
    [",", ",: a comma without a host on both sides", comma],
    ["a.com,,b.com", "a.com,,b.com: a comma without a host on both sides", comma],
    ["a.com,", "a.com,: a comma without a host on both sides", comma],
    ["https://example.com", "https://example.com: a URL where a host should be", "write --allow-net=example.com:443"],
    ["http://me@a.com:81/x", "http://me@a.com:81/x: a URL where a host should be", "write --allow-net=a.com:81"],
    ["ftp://a.com", "ftp://a.com: a URL where a host should be", "write --allow-net=a.com"],
    ["http://[::1]/", "'http://[::1]/': a URL where a host should be", "write --allow-net='[::1]:80'"],
    ["file:///etc", "file:///etc: a URL where a host should be", "write --allow-net=example.com:443"],
    ["://", "://: a URL where a host should be", "write --allow-net=example.com:443"],
    ["example.com/path", "example.com/path: a '/', but no address before it", "write --allow-net=example.com"],
    ["a.com/x:1", "a.com/x:1: a '/', but no address before it", "write --allow-net=a.com:1"],
    ["10/8", "10/8: a '/', but no address before it", networks],
    ["/8", "/8: a '/', but no address before it", networks],
    ["10.0.0.0/", "10.0.0.0/: the length of a network's prefix is a number from 0 to 32", networks],
    ["10.0.0.0/33", "10.0.0.0/33: the length of a network's prefix is a number from 0 to 32", networks],
    ["10.0.0.0/08", "10.0.0.0/08: the length of a network's prefix is a number from 0 to 32", networks],
    ["10.0.0.0/8/8", "10.0.0.0/8/8: the length of a network's prefix is a number from 0 to 32", networks],
    ["fd00::/129", "fd00::/129: the length of a network's prefix is a number from 0 to 128", networks],
    ["fd00::/8:443", "fd00::/8:443: the length of a network's prefix is a number from 0 to 128", networks],
    ["::ffff:0.0.0.0/95", "::ffff:0.0.0.0/95: the length of a network's prefix is a number from 96 to 128", networks],
    ["10.1.2.3/8", "10.1.2.3/8: bits set behind the network's prefix", "write --allow-net=10.0.0.0/8"],
    ["10.1.2.3/8:443", "10.1.2.3/8:443: bits set behind the network's prefix", "write --allow-net=10.0.0.0/8:443"],
    ["[fd00::1/8]:1", "'[fd00::1/8]:1': bits set behind the network's prefix", "write --allow-net='[fd00::/8]:1'"],
    [
      "[::ffff:1.2.3.4/104]:1",
      "'[::ffff:1.2.3.4/104]:1': bits set behind the network's prefix",
      "write --allow-net=1.0.0.0/8:1",
    ],
    ["fd00::1/8", "fd00::1/8: bits set behind the network's prefix", "write --allow-net=fd00::/8"],
    ["127.1", "127.1: not the plain spelling of an address", "write --allow-net=127.0.0.1"],
    ["2130706433", "2130706433: not the plain spelling of an address", "write --allow-net=127.0.0.1"],
    ["0177.0.0.1:80", "0177.0.0.1:80: not the plain spelling of an address", "write --allow-net=127.0.0.1:80"],
    ["0x7f.1", "0x7f.1: not the plain spelling of an address", "write --allow-net=127.0.0.1"],
    ["127.0.0.1.", "127.0.0.1.: not the plain spelling of an address", "write --allow-net=127.0.0.1"],
    ["１２７.0.0.1", "１２７.0.0.1: not the plain spelling of an address", "write --allow-net=127.0.0.1"],
    ["256.0.0.1", "256.0.0.1: not an IPv4 address", numbers],
    ["1.2.3.4.5", "1.2.3.4.5: not an IPv4 address", numbers],
    ["host.08", "host.08: not an IPv4 address", numbers],
    ["8000", "8000: a port without a host", "write --allow-net=127.0.0.1:8000"],
    ["8000:80", "8000:80: not the plain spelling of an address", "write --allow-net=0.0.31.64:80"],
    [":8000", ":8000: a port without a host", "write --allow-net=127.0.0.1:8000"],
    [
      "::1:8000",
      "::1:8000: an IPv6 address, or one with a port",
      "write --allow-net='[::1:8000]' or --allow-net='[::1]:8000'",
    ],
    ["::1:80-90", "::1:80-90: an IPv6 address with a port", "write --allow-net='[::1]:80-90'"],
    [
      "1:2:3:4:5:6:7:8:80",
      "1:2:3:4:5:6:7:8:80: an IPv6 address with a port",
      "write --allow-net='[1:2:3:4:5:6:7:8]:80'",
    ],
    ["a:b:c", "a:b:c: not an IPv6 address", brackets],
    [":::", "':::': not an IPv6 address", brackets],
    ["fe80::1%eth0", "fe80::1%eth0: not an IPv6 address", brackets],
    ["[fe80::1%1]:80", "'[fe80::1%1]:80': not an IPv6 address", brackets],
    ["[127.0.0.1]:80", "'[127.0.0.1]:80': brackets, but not around an IPv6 address", brackets],
    ["[]", "'[]': brackets, but not around an IPv6 address", brackets],
    ["[::1", "'[::1': brackets, but not around an IPv6 address", brackets],
    ["[fd00::]/8", "'[fd00::]/8': brackets, but not around an IPv6 address", brackets],
    ["a.com:", "'a.com:': ports are numbers from 1 to 65535", ports],
    [":", "':': ports are numbers from 1 to 65535", ports],
    ["a.com:0", "a.com:0: ports are numbers from 1 to 65535", ports],
    ["a.com:65536", "a.com:65536: ports are numbers from 1 to 65535", ports],
    ["a.com:http", "a.com:http: ports are numbers from 1 to 65535", ports],
    ["a.com:*", "'a.com:*': ports are numbers from 1 to 65535", ports],
    ["a.com:1e3", "a.com:1e3: ports are numbers from 1 to 65535", ports],
    ["a.com:90-80", "a.com:90-80: ports are numbers from 1 to 65535", ports],
    ["a.com:80-", "a.com:80-: ports are numbers from 1 to 65535", ports],
    ["a.com:1-2-3", "a.com:1-2-3: ports are numbers from 1 to 65535", ports],
    ["[::1]:", "'[::1]:': ports are numbers from 1 to 65535", ports],
    ["*", "'*': a * that does not stand for subdomains", star],
    ["a.*.com", "'a.*.com': a * that does not stand for subdomains", star],
    ["*.*.com", "'*.*.com': a * that does not stand for subdomains", star],
    ["*.0.0.1", "'*.0.0.1': a * that does not stand for subdomains", star],
    ["*.", "'*.': a * that does not stand for subdomains", star],
    ["a..com", "a..com: not the name of a host", example],
    [".", ".: not the name of a host", example],
    [".com", ".com: not the name of a host", example],
    ["a b.com", "'a b.com': not the name of a host", example],
    [" a.com", "' a.com': not the name of a host", example],
    ["a@b.com", "a@b.com: not the name of a host", example],
    ["a.com\n", "$'a.com\\x0a': not the name of a host", example],
    ["a\0.com", "$'a\\x00.com': not the name of a host", example],
    ["xn--", "xn--: not the name of a host", example],
  ])("is %j", (value, message, hint) => {
    expect(netComplaint(value)).toBe(`error: --allow-net=${message}\n\nhint: ${hint}\n`);
  });

  test.each([["x".repeat(64)], [`${"abcdefg.".repeat(32)}com`], ["x".repeat(100_000)]])("is too long", (name) => {
    expect(netComplaint(name)).toBe(`error: --allow-net=${name}: not the name of a host\n\nhint: ${example}\n`);
  });

  test("is refused in --deny-net's own name", () => {
    expect(complaint(() => parseNetworkGrant("--deny-net", "*"))).toBe(
      "error: --deny-net='*': a * that does not stand for subdomains\n\n" +
        "hint: for example *.example.com; --deny-net alone denies all hosts\n",
    );
  });
});

describe("the policy of all flags together", () => {
  const grants = (...flags: ["--allow-net" | "--deny-net", string | true][]) =>
    flags.map(([flag, value]) => parseNetworkGrant(flag, value));
  const summary = (...flags: ["--allow-net" | "--deny-net", string | true][]) => {
    const policy = networkPolicy(grants(...flags));
    return [policy.default, ...[...policy.allow, ...policy.deny].map(({ givenBy }) => givenBy)];
  };

  test("is the public internet without flags", () => {
    expect(networkPolicy([])).toEqual({ default: "public", allow: [], deny: [] });
  });

  test("is what the hosts add to it or take from it", () => {
    expect(summary(["--deny-net", "a.com,b.com"], ["--allow-net", "127.0.0.1:8000"], ["--allow-net", "c.com"])).toEqual(
      ["public", ...["--allow-net=127.0.0.1:8000", "--allow-net=c.com", "--deny-net=a.com", "--deny-net=b.com"]],
    );
  });

  test("is all or none by the bare flags, which the other's hosts amend", () => {
    expect(summary(["--allow-net", true], ["--deny-net", "a.com"])).toEqual(["all", "--deny-net=a.com"]);
    expect(summary(["--allow-net", "a.com"], ["--deny-net", true])).toEqual(["none", "--allow-net=a.com"]);
    expect(summary(["--deny-net", true], ["--deny-net", true])).toEqual(["none"]);
  });

  test("cannot be all and none", () => {
    expect(complaint(() => summary(["--allow-net", true], ["--deny-net", true]))).toBe(
      "error: --allow-net and --deny-net are both given without hosts\n\nhint: name the hosts of one: --deny-net=HOST\n",
    );
  });
});
