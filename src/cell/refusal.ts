import type { Channel } from "../protocol/channel.ts";
import { ConfinementError } from "../sandbox/confinement-error.ts";

/** Takes a step towards the wall; where it cannot be taken the broker is told, and nothing is run. */
export function orRefuse(channel: Channel, step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof ConfinementError)) throw error;
    channel.call({ op: "unconfined", reason: error.message });
    process.exit(1);
  }
}
