/**
 * A cell whose JavaScript is the attacker's from the start, without an interpreter: it is started as woma starts its
 * cells, locks itself in as they do, and then evaluates what it is sent. What came of it goes to standard error, a
 * line each.
 */
import { writeSync } from "node:fs";
import { dieWithBroker } from "../../../src/cell/broker-death.ts";
import { launch } from "../../../src/cell/launch.ts";
import { mapSharedMemory } from "../../../src/cell/shared-memory.ts";
import { standardChannel } from "../../../src/protocol/channel.ts";
import { openLibc } from "../../../src/protocol/libc.ts";
import { confine } from "../../../src/sandbox/confine.ts";

/** What it is answered to `hello`. */
export interface Orders {
  /** JavaScript, each piece an expression with a string as its value, or a promise of one. */
  readonly parts: readonly string[];
}

const words = process.argv.slice(3);
const [brokerPid, stage] = words;
if (stage === "launch") launch(words);

const libc = openLibc();
dieWithBroker(libc, Number(brokerPid));
const channel = standardChannel(() => process.exit(0));
mapSharedMemory(libc);
if (stage !== "insecure") confine(libc);

const { reply } = channel.call({ op: "hello", restored: true, bootMs: 0 });
for (const part of (reply as unknown as Orders).parts) {
  const told: unknown = await new Function(`return ${part}`)();
  writeSync(2, `\x1e${JSON.stringify(told)}\n`);
}
process.exit(0);
