import type { LookUp } from "../../src/broker/network/name-lookup.ts";
import { ProgramNetwork } from "../../src/broker/network/program-network.ts";
import { parseAddress } from "../../src/permissions/ip-address.ts";
import type { NetworkLimits } from "../../src/permissions/network-limits.ts";
import { networkPolicy, parseNetworkGrant } from "../../src/permissions/parse-network.ts";
import type { NetworkPolicy } from "../../src/permissions/permissions.ts";
import { programOutlet } from "../../src/pyodide-manager/download/outlet.ts";

export interface ScratchNetworkOptions {
  /** As on a command line: `--deny-net --allow-net=localhost`. */
  readonly flags?: string;
  readonly limits?: Partial<NetworkLimits>;
  /** With the user's proxies. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Addresses for names; all others are unknown. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  readonly lookUp?: LookUp;
}

/** A program's network as a test wants it, with all that it tells. */
export function scratchNetwork(options: ScratchNetworkOptions = {}): {
  readonly network: ProgramNetwork;
  readonly audited: string[];
  readonly notes: string[];
} {
  const audited: string[] = [];
  const notes: string[] = [];
  const { flags = "", limits, environment = {}, names = {}, lookUp = namesFrom(names) } = options;
  const settings = {
    policy: policyOf(flags),
    transport: "sockets" as const,
    limits: { maximumConnections: 256, maximumTransferredBytes: null, maximumBytesPerSecond: null, ...limits },
    outlet: programOutlet(environment ?? {}),
    audit: (line: string) => audited.push(line),
    notify: (text: string) => notes.push(text),
  };
  return { network: new ProgramNetwork(settings, lookUp), audited, notes };
}

/** Some of a line differs from run to run. */
export function withoutTimes(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/duration_ms=\d+/, "duration_ms=N"));
}

export function policyOf(commandLine: string): NetworkPolicy {
  const words = commandLine.split(" ").filter((word) => word !== "");
  return networkPolicy(
    words.map((word) => {
      const [flag, value] = word.split(/=(.*)/s) as ["--allow-net" | "--deny-net", string | undefined];
      return parseNetworkGrant(flag, value ?? true);
    }),
  );
}

function namesFrom(names: Readonly<Record<string, readonly string[]>>): LookUp {
  return async (name) => {
    const addresses = (names[name] ?? []).flatMap((text) => parseAddress(text) ?? []);
    return addresses.length === 0 ? { kind: "unknown" } : { kind: "found", addresses };
  };
}
