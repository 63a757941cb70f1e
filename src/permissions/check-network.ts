import { type AddressClass, aliasesOf, CLASS_WORDS, classOf } from "./address-class.ts";
import { hostFlag } from "./host-item.ts";
import { formatAddress } from "./ip-address.ts";
import { coversEveryPort, matchesHost, matchesPort } from "./match-host.ts";
import type { Host, HostName, HostPattern, IpAddress, NetworkPolicy } from "./permissions.ts";

/** A reason is for the program's PermissionError, and names the flag that refuses or would allow. */
export type NetworkVerdict = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

/** What a program would look up, for a connection on this port, or on any. */
export interface NameTarget {
  readonly name: HostName;
  readonly port: number | null;
  readonly completions?: readonly HostName[];
}

/** What a program would connect to. */
export interface NetworkTarget {
  readonly address: IpAddress;
  /** Null while it is only looked up: then what could be allowed on some port is. */
  readonly port: number | null;
  /** The names by which the program has found the address. */
  readonly names: readonly HostName[];
}

/**
 * Whether a name may be looked up at all: DNS, too, carries what is asked for out of the machine. `completions` are what
 * the system may make of it, and ask for.
 */
export function checkName(policy: NetworkPolicy, { name, port, completions = [] }: NameTarget): NetworkVerdict {
  const host: Host = { kind: "name", name };
  const asked = [host, ...completions.map((completion): Host => ({ kind: "name", name: completion }))];
  const denial = policy.deny.find((pattern) => asked.some((each) => denies(pattern, each, port)));
  if (denial !== undefined) return refusedBy(denial);
  if (policy.default !== "none" || policy.allow.some((pattern) => allows(pattern, host, port))) return ALLOWED;
  return refused(`--deny-net leaves no network; allow it with ${allowFlag(name, port)}`);
}

/**
 * Whether an address may be connected to. A name that is allowed lifts what is refused by default for its loopback and
 * private addresses; what no name should lead to needs a grant of the address itself.
 */
export function checkAddress(policy: NetworkPolicy, target: NetworkTarget): NetworkVerdict {
  const { address, port, names } = target;
  const host: Host = { kind: "address", address };
  const hosts = [host, ...names.map((name): Host => ({ kind: "name", name }))];
  const aliases = aliasesOf(address).map((alias): Host => ({ kind: "address", address: alias }));
  const denial = policy.deny.find((pattern) => [...hosts, ...aliases].some((each) => denies(pattern, each, port)));
  if (denial !== undefined) return refusedBy(denial);
  const grants = policy.allow.filter((pattern) => hosts.some((each) => allows(pattern, each, port)));
  if (policy.default === "all" || grants.some(({ kind }) => kind === "network")) return ALLOWED;
  const addressClass = classOf(address);
  if (grants.length > 0 && (addressClass === "public" || LIFTED_BY_NAME.has(addressClass))) return ALLOWED;
  if (policy.default === "public" && addressClass === "public") return ALLOWED;
  return refused(reasonFor(policy, target, addressClass));
}

const LIFTED_BY_NAME: ReadonlySet<AddressClass> = new Set(["loopback", "private", "carrier"]);

function reasonFor(policy: NetworkPolicy, { address, port, names }: NetworkTarget, addressClass: AddressClass): string {
  const plain = formatAddress(address);
  const name = names[0];
  const byName = name !== undefined && (addressClass === "public" || LIFTED_BY_NAME.has(addressClass));
  const flag = allowFlag(byName ? name : plain, port);
  if (addressClass === "public") return `--deny-net leaves no network; allow it with ${flag}`;
  const subject = name === undefined ? plain : `${name} is ${plain},`;
  const words = name === undefined ? `is ${CLASS_WORDS[addressClass]}` : CLASS_WORDS[addressClass];
  return policy.default === "none"
    ? `--deny-net leaves no network; allow it with ${flag}`
    : `${subject} ${words}; allow it with ${flag}`;
}

/** The flag that would allow a name or an address, as it can be typed. */
export function allowFlag(host: string, port: number | null): string {
  const bracketed = host.includes(":") ? `[${host}]` : host;
  return hostFlag({ flag: "--allow-net", text: port === null ? bracketed : `${bracketed}:${port}` });
}

function allows(pattern: HostPattern, host: Host, port: number | null): boolean {
  return matchesHost(pattern, host) && (port === null || matchesPort(pattern, port));
}

/** Without a port only what is denied on all of them. */
function denies(pattern: HostPattern, host: Host, port: number | null): boolean {
  return matchesHost(pattern, host) && (port === null ? coversEveryPort(pattern) : matchesPort(pattern, port));
}

const ALLOWED: NetworkVerdict = { allowed: true };

function refused(reason: string): NetworkVerdict {
  return { allowed: false, reason };
}

function refusedBy(pattern: HostPattern): NetworkVerdict {
  return refused(`denied by ${pattern.givenBy}`);
}
