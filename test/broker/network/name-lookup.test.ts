import { expect, test } from "bun:test";
import { type Found, systemLookUp } from "../../../src/broker/network/name-lookup.ts";
import { formatAddress } from "../../../src/permissions/ip-address.ts";
import type { HostName } from "../../../src/permissions/permissions.ts";

const name = (text: string) => text as HostName;

test("the system's names are found", async () => {
  const found = await systemLookUp()(name("localhost"));
  expect(found.kind).toBe("found");
  if (found.kind === "found") {
    expect(["127.0.0.1", "::1"]).toEqual(expect.arrayContaining(found.addresses.map(formatAddress)));
  }
});

test("what no server knows, or no server says, is not found", async () => {
  const found = await systemLookUp()(name("no-such-name.invalid"));
  expect(["unknown", "unanswered"]).toContain(found.kind);
});

/** Answers when it is told to. */
class HeldAnswers {
  readonly asked: { readonly name: HostName; answer(found: Found): void; fail(): void }[] = [];
  readonly ask = (asked: HostName): Promise<Found> => {
    const { promise, resolve, reject } = Promise.withResolvers<Found>();
    this.asked.push({ name: asked, answer: resolve, fail: () => reject(new Error("failed")) });
    return promise;
  };
}

test("sixteen names are looked up at a time, the others in the order in which they came", async () => {
  const held = new HeldAnswers();
  const lookUp = systemLookUp(held.ask);
  const results = Array.from({ length: 20 }, (_, index) => lookUp(name(`n${index}.example`)));
  await Bun.sleep(1);
  expect(held.asked.length).toBe(16);
  held.asked[3]?.answer({ kind: "unknown" });
  held.asked[1]?.fail();
  expect(await results[3]).toEqual({ kind: "unknown" });
  await expect(results[1]).rejects.toThrow("failed");
  await Bun.sleep(1);
  expect(held.asked.map((each) => each.name as string).slice(16)).toEqual(["n16.example", "n17.example"]);
  for (let index = 0; index < 20; index++) {
    held.asked[index]?.answer({ kind: "unanswered" });
    await Bun.sleep(0);
  }
  await Promise.allSettled(results);
  const after = Array.from({ length: 17 }, () => lookUp(name("later.example")));
  await Bun.sleep(1);
  expect(held.asked.length).toBe(36);
  for (let index = 20; index < 37; index++) {
    held.asked[index]?.answer({ kind: "unknown" });
    await Bun.sleep(0);
  }
  await Promise.all(after);
});

test("when a thousand wait, another goes unanswered at once", async () => {
  const held = new HeldAnswers();
  const lookUp = systemLookUp(held.ask);
  const waiting = Array.from({ length: 16 + 1024 }, () => lookUp(name("slow.example")));
  expect(await lookUp(name("one-too-many.example"))).toEqual({ kind: "unanswered" });
  for (let index = 0; index < 16 + 1024; index++) {
    held.asked[index]?.answer({ kind: "unknown" });
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
  }
  expect(new Set((await Promise.all(waiting)).map(({ kind }) => kind))).toEqual(new Set(["unknown"]));
});
