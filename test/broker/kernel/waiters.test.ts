import { describe, expect, test } from "bun:test";
import { Waiters } from "../../../src/broker/kernel/waiters.ts";

const never = () => false;
const FOR_EVER = -1;

/** A condition that a test makes true, and what its waiter was told, in order. */
function waiting(waiters: Waiters, timeoutMs: number, interrupted: () => boolean = never) {
  const state = { value: undefined as string | undefined, attempts: 0, told: [] as string[] };
  const condition = () => {
    state.attempts += 1;
    return state.value;
  };
  waiters.wait(condition, timeoutMs, interrupted, (outcome) => state.told.push(outcome));
  return state;
}

describe("a request that waits", () => {
  test("is answered before wait returns when its condition holds already", () => {
    const told: number[] = [];
    new Waiters().wait(
      () => 0,
      FOR_EVER,
      never,
      (outcome) => told.push(outcome as number),
    );
    expect(told).toEqual([0]);
  });

  test("prefers its condition to a signal, and a signal to its time", () => {
    const told: string[] = [];
    const waiters = new Waiters();
    waiters.wait(
      () => "value",
      0,
      () => true,
      (outcome) => told.push(outcome),
    );
    waiters.wait<string>(
      () => undefined,
      0,
      () => true,
      (outcome) => told.push(outcome),
    );
    expect(told).toEqual(["value", "interrupted"]);
  });

  test("is told at once that there is nothing when it may not wait", () => {
    const state = waiting(new Waiters(), 0);
    expect(state).toEqual({ value: undefined, attempts: 1, told: ["timeout"] });
  });

  test("is tried again by a wake, after the caller has finished, once however often it was woken", async () => {
    const waiters = new Waiters();
    const state = waiting(waiters, FOR_EVER);
    waiters.wake();
    waiters.wake();
    waiters.wake();
    state.value = "now";
    expect(state.told).toEqual([]);
    await Promise.resolve();
    expect(state).toEqual({ value: "now", attempts: 2, told: ["now"] });
  });

  test("waits on when a wake finds its condition unmet", async () => {
    const waiters = new Waiters();
    const state = waiting(waiters, FOR_EVER);
    for (let wake = 0; wake < 3; wake++) waiters.wake();
    await Promise.resolve();
    expect(state).toEqual({ value: undefined, attempts: 2, told: [] });
    state.value = "later";
    waiters.wake();
    await Promise.resolve();
    expect(state.told).toEqual(["later"]);
  });

  test("is interrupted by a signal that comes while it waits", async () => {
    const waiters = new Waiters();
    let signal = false;
    const state = waiting(waiters, FOR_EVER, () => signal);
    signal = true;
    waiters.wake();
    await Promise.resolve();
    expect(state.told).toEqual(["interrupted"]);
  });

  test("is answered once: neither its time nor a wake comes after", async () => {
    const waiters = new Waiters();
    const state = waiting(waiters, 10);
    state.value = "value";
    waiters.wake();
    await Bun.sleep(30);
    waiters.wake();
    await Promise.resolve();
    expect(state).toEqual({ value: "value", attempts: 2, told: ["value"] });
  });

  test("ends after its time and not before", async () => {
    for (const timeoutMs of [0.25, 1, 7.9, 40]) {
      const started = performance.now();
      await new Promise<void>((resolve) =>
        new Waiters().wait(
          () => undefined,
          timeoutMs,
          never,
          () => resolve(),
        ),
      );
      expect(performance.now() - started).toBeGreaterThanOrEqual(timeoutMs);
      expect(performance.now() - started).toBeLessThan(timeoutMs + 500);
    }
  });

  test.each([2 ** 30, 2 ** 31, 2 ** 32, 1e15, Number.MAX_VALUE])(
    "of %d ms does not end at once for being more than a timer can count",
    async (timeoutMs) => {
      const waiters = new Waiters();
      const state = waiting(waiters, timeoutMs);
      await Bun.sleep(5);
      expect(state.told).toEqual([]);
      waiters.clear();
    },
  );
});

describe("several requests that wait", () => {
  test("are tried in the order in which they came, and one's answer may let another begin", async () => {
    const waiters = new Waiters();
    const told: string[] = [];
    let open = false;
    for (const name of ["first", "second"]) {
      waiters.wait(
        () => (open ? name : undefined),
        FOR_EVER,
        never,
        (outcome) => {
          told.push(outcome);
          waiters.wait(
            () => `after ${name}`,
            FOR_EVER,
            never,
            (next) => told.push(next),
          );
        },
      );
    }
    open = true;
    waiters.wake();
    await Promise.resolve();
    expect(told).toEqual(["first", "after first", "second", "after second"]);
  });

  test("are forgotten when the process has ended, without an answer", async () => {
    const waiters = new Waiters();
    const states = [waiting(waiters, FOR_EVER), waiting(waiters, 5)];
    waiters.clear();
    for (const state of states) state.value = "too late";
    waiters.wake();
    await Bun.sleep(30);
    expect(states.map(({ told }) => told)).toEqual([[], []]);
  });
});
