import { describe, expect, test } from "bun:test";
import { TransferMeter } from "../../../src/broker/network/transfer-meter.ts";

const NO_LIMITS = { maximumConnections: 10, maximumTransferredBytes: null, maximumBytesPerSecond: null };
const MEGABYTE = 1024 * 1024;

test("without limits all passes at once", () => {
  const meter = new TransferMeter(NO_LIMITS);
  meter.count(2 ** 50);
  expect([meter.allowance(2 ** 40), meter.allowance(0), meter.exhausted, meter.pauseMs]).toEqual([2 ** 40, 0, null, 0]);
});

describe("a limit of all that is transferred", () => {
  test("lets so much pass, sent and received together, and then says which limit it was", () => {
    const meter = new TransferMeter({ ...NO_LIMITS, maximumTransferredBytes: MEGABYTE });
    expect([meter.allowance(2 * MEGABYTE), meter.exhausted]).toEqual([MEGABYTE, null]);
    meter.count(MEGABYTE - 10);
    expect([meter.allowance(2 * MEGABYTE), meter.allowance(3), meter.exhausted]).toEqual([10, 3, null]);
    meter.count(10);
    expect([meter.allowance(1), meter.exhausted, meter.pauseMs]).toEqual([
      0,
      "1 MB have been sent and received; allow more with --max-transferred",
      0,
    ]);
  });

  test("is not below nothing when more has been counted", () => {
    const meter = new TransferMeter({ ...NO_LIMITS, maximumTransferredBytes: MEGABYTE });
    meter.count(2 * MEGABYTE);
    expect(meter.allowance(1)).toBe(0);
  });
});

describe("a limit of what is transferred in a second", () => {
  const perSecond = (maximumBytesPerSecond: number) => new TransferMeter({ ...NO_LIMITS, maximumBytesPerSecond });

  test("lets a second's worth pass at once, and then nothing for a while", () => {
    const meter = perSecond(1000);
    expect(meter.allowance(5000)).toBe(1000);
    meter.count(1000);
    expect(meter.allowance(5000)).toBe(0);
    expect(meter.pauseMs).toBeWithin(10, 21);
  });

  test("lets something pass after the pause that it names, and no crumbs", async () => {
    const meter = perSecond(10_000);
    meter.count(10_000);
    await Bun.sleep(meter.pauseMs + 1);
    const allowed = meter.allowance(5000);
    expect(allowed).toBeWithin(200, 2000);
    meter.count(allowed);
    expect([meter.allowance(5000), meter.pauseMs > 0]).toEqual([0, true]);
  });

  test("holds in the long run", async () => {
    const meter = perSecond(100_000);
    const begin = performance.now();
    let passed = 0;
    while (performance.now() - begin < 400) {
      const allowed = meter.allowance(64 * 1024);
      meter.count(allowed);
      passed += allowed;
      await Bun.sleep(Math.max(meter.pauseMs, 1));
    }
    const elapsedSeconds = (performance.now() - begin) / 1000;
    // A second's worth lay ready at the beginning.
    expect(passed / (100_000 * (1 + elapsedSeconds))).toBeWithin(0.8, 1.001);
  });

  test("is made up for when more has passed", () => {
    const meter = perSecond(1000);
    meter.count(3000);
    expect(meter.pauseMs).toBeWithin(1900, 2021);
  });

  test("and of all that is transferred hold together", () => {
    const meter = new TransferMeter({ ...NO_LIMITS, maximumTransferredBytes: MEGABYTE, maximumBytesPerSecond: 1000 });
    meter.count(MEGABYTE);
    expect([meter.allowance(10), meter.exhausted === null, meter.pauseMs]).toEqual([0, false, 0]);
  });
});
