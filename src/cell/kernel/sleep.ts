import { isFailure } from "../../protocol/channel.ts";
import type { PyodideModule } from "../emscripten.ts";
import { EINTR } from "../errno.ts";
import type { Kernel } from "./request.ts";

/** With this directory descriptor `mknodat` is woma's sleep: scripts/wasm/sleep.ts makes CPython call it so. */
export const SLEEP_DOOR = -0x57_4f_4d_41;

const CLOCK_REALTIME = 0;
const TIMER_ABSTIME = 1;
const LONGEST_POLL_MS = 2 ** 31 - 1;

/** clock_nanosleep(2): returns an error number, EINTR when a signal came first. */
export function sleep(module: PyodideModule, kernel: Kernel, clock: number, flags: number, request: number): number {
  const seconds = Number(new DataView(module.HEAPU8.buffer).getBigInt64(request, true));
  const givenMs = seconds * 1000 + (module.HEAP32[(request + 8) >> 2] ?? 0) / 1e6;
  const now = () => (clock === CLOCK_REALTIME ? Date.now() : performance.now());
  const until = (flags & TIMER_ABSTIME) !== 0 ? givenMs : now() + givenMs;
  for (;;) {
    const leftMs = until - now();
    if (leftMs <= 0) return 0;
    const { reply } = kernel.channel.call({ op: "poll", want: [], timeoutMs: Math.min(leftMs, LONGEST_POLL_MS) });
    if (isFailure(reply)) return EINTR;
  }
}
