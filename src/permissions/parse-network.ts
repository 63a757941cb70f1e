import { UsageError } from "../errors.ts";
import { splitItems } from "./items.ts";
import { parseHostPattern } from "./parse-host-pattern.ts";
import type { HostPattern, NetworkGrant, NetworkPolicy } from "./permissions.ts";

/** `--allow-net` or `--deny-net`, with `=HOST[:PORT][,…]` or, `true`, alone. Throws UsageError. */
export function parseNetworkGrant(flag: "--allow-net" | "--deny-net", value: string | true): NetworkGrant {
  const effect = flag === "--allow-net" ? "allow" : "deny";
  if (value === true) return { effect, hosts: "all" };
  const parse = (text: string) => parseHostPattern({ flag, text });
  const [first = "", ...others] = splitItems(flag, value, "host");
  return { effect, hosts: [parse(first), ...others.map(parse)] };
}

/**
 * What all flags together say. A host that is allowed by name adds to what is allowed anyway, so that following one
 * hint takes nothing away; only the bare flags change what holds for the rest. Throws UsageError when both are given.
 */
export function networkPolicy(grants: readonly NetworkGrant[]): NetworkPolicy {
  const bare = new Set(grants.flatMap(({ effect, hosts }) => (hosts === "all" ? [effect] : [])));
  if (bare.size > 1) {
    throw new UsageError(
      "--allow-net and --deny-net are both given without hosts",
      "name the hosts of one: --deny-net=HOST",
    );
  }
  return {
    default: bare.has("allow") ? "all" : bare.has("deny") ? "none" : "public",
    allow: patternsOf(grants, "allow"),
    deny: patternsOf(grants, "deny"),
  };
}

function patternsOf(grants: readonly NetworkGrant[], wanted: NetworkGrant["effect"]): readonly HostPattern[] {
  return grants.flatMap(({ effect, hosts }) => (effect === wanted && hosts !== "all" ? hosts : []));
}
