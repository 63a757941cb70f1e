import type { Libc } from "../protocol/libc.ts";
import { ConfinementError } from "./confinement-error.ts";
import { confineOnLinux } from "./linux.ts";
import { confineOnMacos } from "./macos.ts";

/**
 * Gives up, for this process and for ever, everything but computing, reading standard input and writing standard
 * output and error. It refuses rather than weakens: throws ConfinementError where any part of it fails.
 */
export function confine(libc: Libc | null): void {
  if (libc !== null && process.platform === "linux") return confineOnLinux(libc);
  if (libc !== null && process.platform === "darwin") return confineOnMacos();
  throw new ConfinementError(`woma knows no way to confine a process on ${process.platform}`);
}
