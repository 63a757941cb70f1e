import { describe, expect, test } from "bun:test";
import { ProxiedNames } from "../../../src/broker/network/proxied-names.ts";
import { formatAddress, parseAddress } from "../../../src/permissions/ip-address.ts";
import type { HostName } from "../../../src/permissions/permissions.ts";

const name = (text: string) => text as HostName;
const nameAt = (proxied: ProxiedNames, text: string): string | null => {
  const address = parseAddress(text);
  return address === null ? "no address" : (proxied.nameOf(address) ?? null);
};

describe("a name that a proxy looks up", () => {
  test("has an address of networks' benchmarks, always the same", () => {
    const proxied = new ProxiedNames();
    expect(proxied.isEmpty).toBe(true);
    const given = ["a.example", "b.example", "a.example"].map((text) => formatAddress(proxied.placeholder(name(text))));
    expect(given).toEqual(["198.18.0.0", "198.18.0.1", "198.18.0.0"]);
    expect(proxied.isEmpty).toBe(false);
    expect(["198.18.0.0", "198.18.0.1"].map((text) => nameAt(proxied, text))).toEqual(["a.example", "b.example"]);
  });

  test("has no other address, whatever its value", () => {
    const proxied = new ProxiedNames();
    proxied.placeholder(name("a.example"));
    const others = ["198.17.255.255", "198.18.0.1", "198.19.255.255", "255.255.255.255", "0.0.0.0", "::c612:0"];
    expect(others.map((text) => nameAt(proxied, text))).toEqual(others.map(() => null));
    expect(nameAt(proxied, "::ffff:198.18.0.0")).toBe("a.example");
  });

  test("loses it to another when 4096 have been given away, the oldest first", () => {
    const proxied = new ProxiedNames();
    const placeholders = Array.from({ length: 4098 }, (_, index) =>
      formatAddress(proxied.placeholder(name(`n${index}.example`))),
    );
    expect(placeholders.slice(4094)).toEqual(["198.18.15.254", "198.18.15.255", "198.18.0.0", "198.18.0.1"]);
    expect(["198.18.0.0", "198.18.0.1", "198.18.0.2", "198.18.15.255"].map((text) => nameAt(proxied, text))).toEqual([
      "n4096.example",
      "n4097.example",
      "n2.example",
      "n4095.example",
    ]);
    expect(formatAddress(proxied.placeholder(name("n0.example")))).toBe("198.18.0.2");
  });
});
