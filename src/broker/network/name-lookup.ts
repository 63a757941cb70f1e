import { lookup } from "node:dns/promises";
import { parseAddress } from "../../permissions/ip-address.ts";
import type { HostName, IpAddress } from "../../permissions/permissions.ts";

/** The addresses that the system has for a name, in the order to try them in. */
export type Found =
  | { readonly kind: "found"; readonly addresses: readonly IpAddress[] }
  /** There is no such name, or no server could say. */
  | { readonly kind: "unknown" | "unanswered" };

export type LookUp = (name: HostName) => Promise<Found>;

/** Asks as the C library does: hosts file, then DNS. Not more than a few at a time, since each holds a thread. */
export function systemLookUp(): LookUp {
  const running = new Set<Promise<Found>>();
  return async (name) => {
    while (running.size >= MOST_AT_ONCE) await Promise.race(running);
    const asked = ask(name);
    running.add(asked);
    void asked.finally(() => running.delete(asked));
    return asked;
  };
}

async function ask(name: HostName): Promise<Found> {
  try {
    const answers = await lookup(name, { all: true, verbatim: true });
    const addresses = answers.flatMap(({ address }) => parseAddress(address) ?? []);
    return addresses.length > 0 ? { kind: "found", addresses } : { kind: "unknown" };
  } catch (error) {
    return { kind: UNANSWERED.has((error as NodeJS.ErrnoException).code ?? "") ? "unanswered" : "unknown" };
  }
}

const MOST_AT_ONCE = 16;
const UNANSWERED = new Set(["EAI_AGAIN", "EAI_FAIL", "ESERVFAIL", "ETIMEOUT", "ECONNREFUSED", "EREFUSED"]);
