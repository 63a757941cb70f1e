declare const brand: unique symbol;

/** An absolute path on the user's machine, all links resolved, as realpath(3) gives it. */
export type HostPath = string & { readonly [brand]: "HostPath" };

/** An absolute path as a program sees it: no `.`, no `..`, no empty part, no slash at its end but in `/`. */
export type GuestPath = string & { readonly [brand]: "GuestPath" };

/** A file or directory of the user's that a program has at `guestPath`, and what it may do there. */
export interface Mount {
  readonly hostPath: HostPath;
  readonly guestPath: GuestPath;
  readonly access: "read" | "read-write";
  readonly kind: "directory" | "file";
  /** The flag, as it can be typed again: `--mount .:/data:ro`. Safe on a terminal, and all that a program may see. */
  readonly grantedBy: string;
  /** The flag that makes it writable, likewise. */
  readonly writableBy: string;
}

/** What paths on the command line are relative to, both absolute. */
export interface PathContext {
  readonly workingDirectory: string;
  /** What a leading `~` stands for. */
  readonly home: string;
}

/** Which of the user's environment variables a program is given. */
export type VariablePattern =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "prefix"; readonly prefix: string };

/** A name of a machine: ASCII (punycode), lower case, no dot at its end. */
export type HostName = string & { readonly [brand]: "HostName" };

/** An address by its value, so that its spellings are equal. An IPv4-mapped IPv6 address is the IPv4 address. */
export interface IpAddress {
  readonly version: 4 | 6;
  readonly value: bigint;
  /** The interface of a link-local address, for who dials it: `eth0` of fe80::1%eth0. */
  readonly zone?: string;
}

/** What a program connects to: a name that is not resolved yet, or an address. */
export type Host =
  | { readonly kind: "name"; readonly name: HostName }
  | { readonly kind: "address"; readonly address: IpAddress };

/** Both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** One HOST[:PORT] of a flag. A single address is a network with the longest prefix. */
export type HostPattern = {
  readonly ports: PortRange;
  /** The flag with this one host: `--deny-net=10.0.0.0/8`. */
  readonly givenBy: string;
} & (
  | { readonly kind: "name"; readonly name: HostName }
  | { readonly kind: "subdomains"; readonly parent: HostName }
  | { readonly kind: "network"; readonly network: IpAddress; readonly prefixLength: number }
);

/** What one `--allow-net` or `--deny-net` says. */
export interface NetworkGrant {
  readonly effect: "allow" | "deny";
  readonly hosts: "all" | readonly [HostPattern, ...HostPattern[]];
}

/** What `deny` matches is refused; else what `allow` matches is allowed; for the rest `default` holds. */
export interface NetworkPolicy {
  readonly default: "none" | "public" | "all";
  readonly allow: readonly HostPattern[];
  readonly deny: readonly HostPattern[];
}
