import { describe, expect, test } from "bun:test";
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP } from "../../../src/broker/kernel/objects.ts";
import { createSocketPair, type PairEnd } from "../../../src/broker/kernel/socket-pair.ts";

const CAPACITY = 212_992;
const ALL = POLLIN | POLLOUT | POLLRDHUP;

function pair() {
  const counter = { wakes: 0 };
  return { ...createSocketPair(() => (counter.wakes += 1)), counter };
}

const send = (end: PairEnd, text: string) => end.write(new TextEncoder().encode(text));
const receive = (end: PairEnd, length = 100) => {
  const taken = end.read(length);
  return taken instanceof Uint8Array ? new TextDecoder().decode(taken) : taken;
};

function bits(end: PairEnd, events = ALL): string {
  const found = end.readiness(events);
  const names = { IN: POLLIN, OUT: POLLOUT, ERR: POLLERR, HUP: POLLHUP, RDHUP: POLLRDHUP };
  return Object.entries(names)
    .filter(([, bit]) => (found & bit) !== 0)
    .map(([name]) => name)
    .join(" ");
}

describe("a socket pair", () => {
  test("carries bytes both ways, and wakes who waits for them", () => {
    const { first, second, counter } = pair();
    expect([send(first, "there"), send(second, "back")]).toEqual([5, 4]);
    expect(counter.wakes).toBe(2);
    expect([receive(second, 3), receive(second), receive(first), receive(first)]).toEqual([
      "the",
      "re",
      "back",
      undefined,
    ]);
  });

  test("shows bytes that stay", () => {
    const { first, second } = pair();
    send(first, "abc");
    const shown = second.peek(2);
    expect([shown instanceof Uint8Array && new TextDecoder().decode(shown), receive(second)]).toEqual(["ab", "abc"]);
    expect(second.peek(2)).toBeUndefined();
  });

  test("holds as much as Linux's, takes a part of what is larger, and keeps no window", () => {
    const { first, second } = pair();
    const window = new Uint8Array(CAPACITY + 1).fill(1);
    expect(first.write(window)).toBe(CAPACITY);
    window.fill(2);
    expect([first.write(window), first.write(new Uint8Array(0)), bits(first)]).toEqual([undefined, 0, ""]);
    const taken = second.read(1000);
    expect(taken instanceof Uint8Array && [taken.length, taken[0]]).toEqual([1000, 1]);
    expect([bits(first), first.write(window)]).toEqual(["OUT", 1000]);
  });

  test("has no names, no options, no errors and no other peer", () => {
    const { first } = pair();
    first.setOption();
    expect([first.names(), first.takeFailure(), first.outcome(), first.connect(), first.control()]).toEqual([
      { local: null, peer: null },
      null,
      null,
      { errno: "EISCONN" },
      "ENOTTY",
    ]);
  });
});

/** What Linux's poll(2), recv(2) and send(2) do after the same calls. */
describe("as on Linux", () => {
  test("a new pair", () => {
    const { first, second } = pair();
    expect([bits(first), bits(second), bits(first, POLLIN)]).toEqual(["OUT", "OUT", ""]);
    send(second, "x");
    expect([bits(first), bits(first, POLLIN), bits(first, 0)]).toEqual(["IN OUT", "IN", ""]);
  });

  test("a peer that is closed", () => {
    const { first, second } = pair();
    send(second, "ab");
    second.close();
    expect([bits(first), receive(first), receive(first), send(first, "1")]).toEqual([
      "IN OUT HUP RDHUP",
      "ab",
      "",
      "EPIPE",
    ]);
    expect(bits(first, 0)).toBe("HUP");
  });

  test("a peer that is closed with something unread", () => {
    const { first, second } = pair();
    send(first, "abc");
    second.close();
    expect([bits(first), receive(first), bits(first), receive(first), send(first, "x")]).toEqual([
      "IN OUT ERR HUP RDHUP",
      "ECONNRESET",
      "IN OUT HUP RDHUP",
      "",
      "EPIPE",
    ]);
    const other = pair();
    send(other.first, "abc");
    other.second.close();
    expect([other.first.takeFailure(), other.first.takeFailure(), receive(other.first)]).toEqual([
      { errno: "ECONNRESET" },
      null,
      "",
    ]);
  });

  test("a peer that writes no more", () => {
    const { first, second } = pair();
    expect(second.shutdown(1)).toBeNull();
    expect([bits(first), bits(second)]).toEqual(["IN OUT RDHUP", "OUT"]);
    expect([send(second, "x"), send(first, "x"), receive(first), receive(second)]).toEqual(["EPIPE", 1, "", "x"]);
  });

  test("a peer that reads no more", () => {
    const { first, second } = pair();
    send(second, "q");
    send(first, "abc");
    expect(second.shutdown(0)).toBeNull();
    expect([bits(first), bits(second)]).toEqual(["IN OUT", "IN OUT RDHUP"]);
    expect([send(first, "x"), receive(second), receive(second), receive(first)]).toEqual(["EPIPE", "abc", "", "q"]);
  });

  test("an end that does neither", () => {
    const { first, second } = pair();
    expect(first.shutdown(2)).toBeNull();
    expect([bits(first), bits(second)]).toEqual(["IN OUT HUP RDHUP", "IN OUT HUP RDHUP"]);
    expect([first.shutdown(3), receive(second), send(second, "x")]).toEqual(["EINVAL", "", "EPIPE"]);
  });
});
