import { describe, expect, test } from "bun:test";
import { IntervalTimer } from "../../../src/broker/kernel/clock.ts";

const STOPPED = { delayMs: 0, intervalMs: 0 };

/** A timer that notes when it expired, in ms since the start; stopped when the scope ends. */
function startTimer(delayMs: number, intervalMs: number) {
  const started = performance.now();
  const expiries: number[] = [];
  const timer = new IntervalTimer(() => expiries.push(performance.now() - started));
  const before = timer.set(delayMs, intervalMs);
  return { timer, expiries, before, [Symbol.dispose]: () => timer.stop() };
}

describe("an interval timer", () => {
  test("does nothing until it is set, and nothing is left of it", async () => {
    using started = startTimer(0, 0);
    await Bun.sleep(20);
    expect(started.before).toEqual(STOPPED);
    expect(started.timer.left()).toEqual(STOPPED);
    expect(started.expiries).toEqual([]);
  });

  test("expires once without an interval, not early, and is then stopped", async () => {
    using started = startTimer(20, 0);
    await Bun.sleep(90);
    expect(started.expiries).toHaveLength(1);
    expect(started.expiries[0]).toBeGreaterThanOrEqual(19);
    expect(started.timer.left()).toEqual(STOPPED);
  });

  test("expires again after each interval until it is stopped", async () => {
    using started = startTimer(5, 20);
    await Bun.sleep(120);
    started.timer.stop();
    const { length } = started.expiries;
    expect(length).toBeGreaterThanOrEqual(3);
    expect(length).toBeLessThanOrEqual(6);
    await Bun.sleep(50);
    expect(started.expiries).toHaveLength(length);
    expect(started.timer.left()).toEqual(STOPPED);
  });

  test("tells what is left of it without changing it", async () => {
    using started = startTimer(10_000, 500);
    await Bun.sleep(20);
    const { delayMs, intervalMs } = started.timer.left();
    expect(intervalMs).toBe(500);
    expect(delayMs).toBeLessThan(9_990);
    expect(delayMs).toBeGreaterThan(8_000);
    expect(started.expiries).toEqual([]);
  });

  test("gives what was left of the old one when it is set anew, and the old one never expires", async () => {
    using started = startTimer(30, 7);
    const old = started.timer.set(10_000, 0);
    expect(old.intervalMs).toBe(7);
    expect(old.delayMs).toBeGreaterThan(0);
    expect(old.delayMs).toBeLessThanOrEqual(30);
    await Bun.sleep(60);
    expect(started.expiries).toEqual([]);
  });

  test("is stopped by a delay of 0, whatever the interval", async () => {
    using started = startTimer(10, 10);
    expect(started.timer.set(0, 10).intervalMs).toBe(10);
    await Bun.sleep(40);
    expect(started.expiries).toEqual([]);
    expect(started.timer.left()).toEqual(STOPPED);
  });

  test("may be set anew by what it calls", async () => {
    const expiries: string[] = [];
    const timer: IntervalTimer = new IntervalTimer(() => {
      expiries.push("expired");
      if (expiries.length === 1) timer.set(5, 0);
    });
    timer.set(5, 0);
    await Bun.sleep(60);
    expect(expiries).toEqual(["expired", "expired"]);
    expect(timer.left()).toEqual(STOPPED);
  });

  test.each([2 ** 31, 2 ** 32, 1e15, Number.MAX_VALUE])("of %d ms does not expire at once", async (delayMs) => {
    using started = startTimer(delayMs, 0);
    await Bun.sleep(20);
    expect(started.expiries).toEqual([]);
    expect(started.timer.left().delayMs).toBeGreaterThan(2 ** 31 - 1000);
  });
});
