import { isIPv6 } from "node:net";
import { INSIDE, OF_NO_DEVICE } from "./addresses.ts";
import type { Attempt } from "./way.ts";

const REFUSED = "refused: [Errno 13] Permission denied: ";

/** What a program is told that may not connect to an address. */
export function refusedAddress(address: string, port = 8000): string {
  return `${REFUSED}${address} is ${kindOf(address)}; allow it with ${typed(allow(address, port))}`;
}

/** That may not connect to what a name stands for. A grant of the name helps where it can. */
export function refusedName(name: string, address: string, port: number | "any port" = 8000): string {
  const kind = kindOf(address);
  const granted = /loopback|private/.test(kind) ? name : address;
  return `${REFUSED}${name} is ${address}, ${kind}; allow it with ${typed(allow(granted, port === "any port" ? undefined : port))}`;
}

/** That may not connect to anything but what is allowed. */
export function noNetwork(host: string, port?: number): string {
  return `${REFUSED}--deny-net leaves no network; allow it with ${typed(allow(host, port))}`;
}

export function denied(flag: string): string {
  return `${REFUSED}denied by ${flag}`;
}

export function gets(flags: readonly string[]): Attempt {
  return { flags, prints: "got: SECRET" };
}

/** The flag that allows a host, on one port or on all. */
export function allow(host: string, port?: number): string {
  const end = port === undefined ? "" : `:${port}`;
  return isIPv6(host) && port !== undefined ? `--allow-net=[${host}]${end}` : `--allow-net=${host}${end}`;
}

/** As a shell takes it, to which brackets are its own. */
function typed(flag: string): string {
  return flag.replace(/(?<==)(.*\[.*)$/, "'$1'");
}

function kindOf(address: string): string {
  const kinds: (readonly [string, readonly string[]])[] = [...Object.entries(INSIDE), ...Object.entries(OF_NO_DEVICE)];
  const [kind] = kinds.find(([, addresses]) => addresses.includes(address)) ?? [];
  if (kind === undefined) throw new Error(`${address} is of no kind`);
  return kind;
}
