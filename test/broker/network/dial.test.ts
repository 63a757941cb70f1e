import { describe, expect, test } from "bun:test";
import { realCode } from "../../../src/broker/network/dial.ts";
import { parseAddress } from "../../../src/permissions/ip-address.ts";

const codeOf = (code: string, text: string, elapsedMs: number) => {
  const address = parseAddress(text);
  if (address === null) throw new Error(`no address: ${text}`);
  return realCode(code, { address, elapsedMs });
};

describe("a connection that the runtime calls refused", () => {
  test.each([
    ["127.0.0.1", 5, "ECONNREFUSED"],
    ["127.0.0.1", 19_000, "ECONNREFUSED"],
    ["127.0.0.1", 21_000, "ETIMEDOUT"],
    ["255.255.255.255", 5, "ENETUNREACH"],
    ["224.0.0.1", 5, "ENETUNREACH"],
    ["ff02::1", 5, "ENETUNREACH"],
  ])("to %s after %d ms is %s", async (address, elapsedMs, expected) => {
    expect(await codeOf("ECONNREFUSED", address, elapsedMs)).toBe(expected);
  });
});

test("what the runtime has a word for keeps it", async () => {
  expect([await codeOf("EACCES", "127.0.0.1", 1), await codeOf("EINVAL", "224.0.0.1", 30_000)]).toEqual([
    "EACCES",
    "EINVAL",
  ]);
});
