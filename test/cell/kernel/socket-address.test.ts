import { describe, expect, test } from "bun:test";
import type { PyodideModule } from "../../../src/cell/emscripten.ts";
import { AF_INET, AF_INET6, AF_UNIX, familyOf, SocketAddresses } from "../../../src/cell/kernel/socket-address.ts";

function addresses() {
  const HEAPU8 = new Uint8Array(1024);
  return { memory: HEAPU8, addresses: new SocketAddresses(() => ({ HEAPU8 }) as unknown as PyodideModule) };
}

describe("a struct sockaddr", () => {
  test("of IPv4 is as C has it", () => {
    const { memory, addresses: known } = addresses();
    memory.fill(0xff);
    expect(known.write(8, { address: "192.0.2.255", port: 0x1234 })).toBe(16);
    expect([...memory.subarray(8, 24)]).toEqual([2, 0, 0x12, 0x34, 192, 0, 2, 255, ...new Array(8).fill(0)]);
    expect(known.read(8, 16)).toEqual({ address: "192.0.2.255", port: 0x1234 });
  });

  test.each(["0.0.0.0", "127.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "2001:db8::1", "::"])(
    "%s is read as it was written",
    (address) => {
      const { addresses: known } = addresses();
      known.write(0, { address, port: 65535 });
      expect(known.read(0, 16)).toEqual({ address, port: 65535 });
    },
  );

  test("of IPv6 stands among the reserved addresses, always at the same, which no program knows before", () => {
    const written = () => {
      const { memory, addresses: known } = addresses();
      return ["::1", "2001:db8::1", "::1"].map((address) => {
        known.write(0, { address, port: 0 });
        return memory.subarray(4, 8).join(".");
      });
    };
    const [first, second, again] = written();
    expect(again).toBe(first);
    expect(second).not.toBe(first);
    for (const address of [first, second]) expect(Number(address?.split(".")[0])).toBeGreaterThanOrEqual(240);
    expect(new Set(Array.from({ length: 8 }, () => written()[0])).size).toBeGreaterThan(1);
  });

  test("of another family, or cut short, is none", () => {
    const { memory, addresses: known } = addresses();
    known.write(0, { address: "127.0.0.1", port: 1 });
    expect([known.read(0, 15), known.read(0, 0)]).toEqual([null, null]);
    memory[0] = AF_INET6;
    expect(known.read(0, 28)).toBeNull();
    expect([known.writeNone(0), memory[0], memory[1], known.read(0, 2)]).toEqual([2, AF_UNIX, 0, null]);
  });
});

test.each<[string, 2 | 10 | null]>([
  ["127.0.0.1", AF_INET],
  ["999.0.0.1", AF_INET],
  ["127.1", null],
  ["::1", AF_INET6],
  ["localhost", null],
  ["1.2.3.4.5", null],
  ["", null],
])("the family of %j is %p", (text, expected) => {
  expect(familyOf(text)).toBe(expected as ReturnType<typeof familyOf>);
});
