/** What a test and the process inside its network say to each other, in turn. */

/** Forgets what it has seen, and answers lookups from now on so. */
interface Prepare {
  readonly kind: "prepare";
  readonly names: Names;
}

/** Asks what has come since. */
interface Look {
  readonly kind: "look";
}

export type ToInside = Prepare | Look;

export interface Seen {
  /** `127.0.0.1:8000`, `udp 127.0.0.1:8000`, and `CONNECT name:80` for what a proxy was asked, in order. */
  readonly connections: readonly string[];
  /** `A name`, `AAAA name`, in order. */
  readonly lookups: readonly string[];
}

export type FromInside = { readonly kind: "ready" } | ({ readonly kind: "seen" } & Seen);

/** Addresses, as every lookup of the name gets them; or what the first lookup gets, the second, and so on. */
export type Names = Readonly<Record<string, readonly string[] | Turns>>;

interface Turns {
  readonly turns: readonly Turn[];
  /** What follows the last. */
  readonly afterwards: "the last again" | "the first again";
}

/** What one lookup gets; IPv4 and IPv6 are looked up one by one, and each takes what is its own. */
export interface Turn {
  readonly addresses?: readonly string[];
  /** The name has no address of its own: it stands for another. */
  readonly alias?: string;
  readonly ipv4?: Failure;
  readonly ipv6?: Failure;
  readonly afterMs?: number;
}

export type Failure = "SERVFAIL" | "NXDOMAIN" | "no answer";
