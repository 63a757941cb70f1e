import { isIPv6 } from "node:net";
import { INSIDE, OF_NO_DEVICE } from "./addresses.ts";
import type { Attempt } from "./way.ts";

const REFUSED = "refused: [Errno 13] Permission denied: ";

/** What a program is told that may not connect to an address. */
export function refusedAddress(address: string, port = 8000): string {
  return `${REFUSED}${address} is ${kindOf(address)}; allow it with ${flag(address, port)}`;
}

/** That may not connect to what a name stands for. A grant of the name helps where it can. */
export function refusedName(name: string, address: string, port: number | undefined = 8000): string {
  const kind = kindOf(address);
  const granted = /loopback|private/.test(kind) ? name : address;
  return `${REFUSED}${name} is ${address}, ${kind}; allow it with ${flag(granted, port)}`;
}

/** That may not connect to anything but what is allowed. */
export function noNetwork(host: string, port?: number): string {
  return `${REFUSED}--deny-net leaves no network; allow it with ${flag(host, port)}`;
}

export function denied(flag: string): string {
  return `${REFUSED}denied by ${flag}`;
}

/** An address as a flag has it. */
export function allow(address: string, port: number): string {
  return flag(address, port).replaceAll("'", "");
}

export function gets(flags: readonly string[]): Attempt {
  return { flags, prints: "got: SECRET" };
}

/** As a shell would take it: brackets are quoted. */
function flag(host: string, port?: number): string {
  const end = port === undefined ? "" : `:${port}`;
  return isIPv6(host) ? `--allow-net='[${host}]${end}'` : `--allow-net=${host}${end}`;
}

function kindOf(address: string): string {
  const kinds: (readonly [string, readonly string[]])[] = [...Object.entries(INSIDE), ...Object.entries(OF_NO_DEVICE)];
  const [kind] = kinds.find(([, addresses]) => addresses.includes(address)) ?? [];
  if (kind === undefined) throw new Error(`${address} is of no kind`);
  return kind;
}
