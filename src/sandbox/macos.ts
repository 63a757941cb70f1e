import { CString, dlopen, type Pointer, ptr, read } from "bun:ffi";
import { ConfinementError } from "./confinement-error.ts";

/**
 * macOS has no public way for a process to confine itself; sandbox_init(3) is deprecated and still what browsers use.
 * Best effort: the profile denies everything but what the runtime does to itself.
 */
const PROFILE = `(version 1)
(deny default)
(allow sysctl-read)
(allow process-info* (target self))
(allow signal (target self))`;

export function confineOnMacos(): void {
  const { symbols } = dlopen("libSystem.B.dylib", {
    sandbox_init: { args: ["ptr", "u64", "ptr"], returns: "i32" },
  });
  const profile = Buffer.from(`${PROFILE}\0`);
  const message = new BigUint64Array(1);
  if (symbols.sandbox_init(ptr(profile), 0, ptr(message)) === 0) return;
  const address = read.ptr(ptr(message), 0) as Pointer;
  throw new ConfinementError(`sandbox_init failed: ${address ? new CString(address) : "no reason given"}`);
}
