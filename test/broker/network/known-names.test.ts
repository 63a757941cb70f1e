import { expect, test } from "bun:test";
import { KnownNames } from "../../../src/broker/network/known-names.ts";
import type { HostName, IpAddress } from "../../../src/permissions/permissions.ts";

const ipv4 = (value: number): IpAddress => ({ version: 4, value: BigInt(value) });
const name = (text: string) => text as HostName;

test("an address has the names by which it was found, in their order, and no other address has them", () => {
  const known = new KnownNames();
  for (const text of ["a.example", "b.example", "a.example"]) known.add(name(text), ipv4(1));
  known.add(name("six.example"), { version: 6, value: 1n });
  expect([known.of(ipv4(1)), known.of({ version: 6, value: 1n }), known.of(ipv4(2))]).toEqual([
    [name("b.example"), name("a.example")],
    [name("six.example")],
    [],
  ]);
});

test("of an address's names the last 64 are known", () => {
  const known = new KnownNames();
  for (let index = 0; index < 100; index++) known.add(name(`n${index}.example`), ipv4(1));
  expect(known.of(ipv4(1))).toEqual(Array.from({ length: 64 }, (_, index) => name(`n${index + 36}.example`)));
});

test("the last 4096 addresses are known; one that is found again is among them", () => {
  const known = new KnownNames();
  for (let value = 0; value < 4096; value++) known.add(name("a.example"), ipv4(value));
  known.add(name("b.example"), ipv4(0));
  for (let value = 4096; value < 4100; value++) known.add(name("a.example"), ipv4(value));
  const forgotten = Array.from({ length: 4100 }, (_, value) => value).filter(
    (value) => known.of(ipv4(value)).length === 0,
  );
  expect([forgotten, known.of(ipv4(0))]).toEqual([
    [1, 2, 3, 4],
    [name("a.example"), name("b.example")],
  ]);
});
