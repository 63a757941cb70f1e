import type { ProgramNetwork } from "../network/program-network.ts";

/** What HTTP requests need of a program's network, which checks, looks up, dials and counts. */
export type XhrNetwork = Pick<ProgramNetwork, "connectTo" | "certificates" | "meter">;
