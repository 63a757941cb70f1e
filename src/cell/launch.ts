import { join } from "node:path";
import { standardChannel } from "../protocol/channel.ts";
import { compiled, leadingWords } from "../protocol/compiled.ts";
import { openLibc } from "../protocol/libc.ts";
import { CELL_ARGUMENT, type CellStage } from "../protocol/messages.ts";
import { relaunch } from "../sandbox/launch.ts";
import { dieWithBroker } from "./broker-death.ts";
import { orRefuse } from "./refusal.ts";

/**
 * A cell's first stage: what must be given up before an exec. It loads nothing of the interpreter's, since the exec
 * makes it start from nothing. Returns where there is nothing to give up.
 */
export function launch([brokerPid = "", , urgency = "", ...snapshotPath]: readonly string[]): void {
  const libc = openLibc();
  dieWithBroker(libc, Number(brokerPid));
  if (libc === null || process.platform !== "linux") return;
  const words = [...leadingWords, CELL_ARGUMENT, brokerPid, LOCK_STAGE, urgency, ...snapshotPath];
  const readable = compiled ? [] : [join(import.meta.dir, "../.."), ...snapshotPath];
  orRefuse(
    standardChannel(() => process.exit(0)),
    () => relaunch(libc, words, readable),
  );
}

const LOCK_STAGE: CellStage = "lock";
