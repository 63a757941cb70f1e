import type { NetworkLimits } from "../../permissions/network-limits.ts";
import type { NetworkPolicy } from "../../permissions/permissions.ts";
import type { Transport } from "../../protocol/messages.ts";
import type { Outlet } from "../../pyodide-manager/download/outlet.ts";

/** What decides over a program's connections. */
export interface NetworkSettings {
  readonly policy: NetworkPolicy;
  readonly transport: Transport;
  readonly limits: NetworkLimits;
  /** Proxies and certificates, as the user's environment has them. */
  readonly outlet: Outlet;
  /** Takes a line for each connection; null where nobody asked. */
  readonly audit: ((line: string) => void) | null;
  /** Tells the user something that is no error. */
  readonly notify: (text: string) => void;
}
