import { describe, expect, test } from "bun:test";
import { formatAddress, networkOf, parseAddress } from "../../src/permissions/ip-address.ts";
import { matches } from "../../src/permissions/match-host.ts";
import { parseHost } from "../../src/permissions/parse-host.ts";
import { parseHostPattern } from "../../src/permissions/parse-host-pattern.ts";

function isMatch(pattern: string, text: string, port = 443): boolean {
  const host = parseHost(text);
  if (host === null) throw new Error(`no host: ${text}`);
  return matches(parseHostPattern({ flag: "--allow-net", text: pattern }), host, port);
}

describe("a pattern matches", () => {
  test.each([
    ["example.com", "example.com"],
    ["example.com", "EXAMPLE.com."],
    ["münchen.de", "xn--mnchen-3ya.de"],
    ["*.example.com", "www.example.com"],
    ["*.example.com", "a.b.example.com"],
    ["127.0.0.1", "127.0.0.1"],
    ["127.0.0.1", "::ffff:127.0.0.1"],
    ["127.0.0.0/8", "::FFFF:7f12:3456"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["::ffff:10.0.0.0/104", "10.255.0.1"],
    ["0.0.0.0/0", "255.255.255.255"],
    ["10.0.0.0/8", "10.255.255.255"],
    ["::1", "0:0:0:0:0:0:0:1"],
    ["fd00::/8", "fdff:ffff::1"],
    ["::/0", "ffff::"],
  ])("%s: %s", (pattern, host) => {
    expect(isMatch(pattern, host)).toBe(true);
  });

  test.each([
    ["example.com", "www.example.com"],
    ["example.com", "example.com.evil.org"],
    ["*.example.com", "example.com"],
    ["*.example.com", "badexample.com"],
    ["127.0.0.1", "localhost"],
    ["localhost", "127.0.0.1"],
    ["127.0.0.1", "::1"],
    ["10.0.0.0/8", "11.0.0.0"],
    ["10.0.0.0/8", "9.255.255.255"],
    ["::/0", "1.2.3.4"],
    ["::/0", "::ffff:1.2.3.4"],
    ["0.0.0.0/0", "::1.2.3.4"],
    ["0.0.0.0/0", "example.com"],
  ])("not %s: %s", (pattern, host) => {
    expect(isMatch(pattern, host)).toBe(false);
  });

  test("its ports, both ends included, and all without one", () => {
    const matching = (pattern: string) =>
      [0, 79, 80, 85, 90, 91, 65535].filter((port) => isMatch(pattern, "a.com", port));
    expect(matching("a.com:80-90")).toEqual([80, 85, 90]);
    expect(matching("a.com:80")).toEqual([80]);
    expect(matching("a.com")).toEqual([0, 79, 80, 85, 90, 91, 65535]);
  });
});

test("odd spellings of addresses are no hosts: as names they would pass by the patterns of addresses", () => {
  const odd = [
    "127.1",
    "2130706433",
    "0177.0.0.1",
    "0x7f.1",
    "0x7f000001",
    "127.0.0.1.",
    "１２７.0.0.1",
    "::1%lo",
    "[::1]",
    "",
  ];
  expect(odd.map(parseHost)).toEqual(odd.map(() => null));
});

describe("addresses", () => {
  test.each([
    ["0.0.0.0", "0.0.0.0"],
    ["255.1.0.10", "255.1.0.10"],
    ["::FFFF:1.2.3.4", "1.2.3.4"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a"],
  ])("%s is written %s", (text, expected) => {
    const address = parseAddress(text);
    expect(address && formatAddress(address)).toBe(expected);
  });

  test("keep their value when they are written and read", () => {
    for (let round = 0; round < 2_000; round++) {
      const bytes = crypto
        .getRandomValues(new Uint8Array(round % 2 ? 4 : 16))
        .map((byte, at) => ((round >> at) & 1 ? 0 : byte));
      const address = { version: round % 2 ? 4 : 6, value: BigInt(`0x${bytes.toHex()}`) } as const;
      if (address.version === 6 && address.value >> 32n === 0xffffn) continue;
      expect(parseAddress(formatAddress(address))).toEqual(address);
    }
  });

  test("lie in the network of each of their prefixes, and their neighbour across its end does not", () => {
    const address = { version: 4, value: 0xc0a8_0101n } as const;
    for (let length = 1; length <= 32; length++) {
      const network = networkOf(address, length);
      const size = 1n << BigInt(32 - length);
      const last = { version: 4, value: network.value + size - 1n } as const;
      expect(networkOf(last, length)).toEqual(network);
      expect(networkOf({ version: 4, value: last.value + 1n }, length)).not.toEqual(network);
    }
  });
});
