import { lookup } from "node:dns/promises";
import { parseAddress } from "../../permissions/ip-address.ts";
import type { HostName, IpAddress } from "../../permissions/permissions.ts";

/** The addresses that the system has for a name, in the order to try them in. */
export type Found =
  | { readonly kind: "found"; readonly addresses: readonly IpAddress[] }
  /** There is no such name, or no server could say. */
  | { readonly kind: "unknown" | "unanswered" };

export type LookUp = (name: HostName) => Promise<Found>;

/**
 * Asks as the C library does: hosts file, then DNS. Only a few at a time, since each holds a thread, in the order in which
 * they came; what comes when too many wait goes unanswered.
 */
export function systemLookUp(ask: LookUp = askSystem): LookUp {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (name) => {
    if (waiting.length >= MOST_WAITING) return { kind: "unanswered" };
    if (running < MOST_AT_ONCE) running++;
    else await new Promise<void>((begin) => waiting.push(begin));
    try {
      return await ask(name);
    } finally {
      // The next one takes this one's place.
      const begin = waiting.shift();
      if (begin === undefined) running--;
      else begin();
    }
  };
}

async function askSystem(name: HostName): Promise<Found> {
  try {
    const answers = await lookup(name, { all: true, verbatim: true });
    const addresses = answers.flatMap(({ address }) => parseAddress(address) ?? []);
    return addresses.length > 0 ? { kind: "found", addresses } : { kind: "unknown" };
  } catch (error) {
    return { kind: UNANSWERED.has((error as NodeJS.ErrnoException).code ?? "") ? "unanswered" : "unknown" };
  }
}

const MOST_AT_ONCE = 16;
/** As many as a program may have handles. */
const MOST_WAITING = 1024;
const UNANSWERED = new Set(["EAI_AGAIN", "EAI_FAIL", "ESERVFAIL", "ETIMEOUT", "ECONNREFUSED", "EREFUSED"]);
