import { dieWithBroker } from "../../../src/cell/broker-death.ts";
import { launch } from "../../../src/cell/launch.ts";
import { orRefuse } from "../../../src/cell/refusal.ts";
import { mapSharedMemory } from "../../../src/cell/shared-memory.ts";
import { isFailure, standardChannel } from "../../../src/protocol/channel.ts";
import { openLibc } from "../../../src/protocol/libc.ts";
import type { CellStage } from "../../../src/protocol/messages.ts";
import { confine } from "../../../src/sandbox/confine.ts";

const INSECURE: CellStage = "insecure";
const LAUNCH: CellStage = "launch";

/**
 * Locks itself in as src/cell/main.ts does, and evaluates its program, which is a JSON list of expressions. The value
 * of each, a string or a promise of one, is written to the program's standard output as a line.
 */
export async function hostileCell(words: readonly string[]): Promise<never> {
  const [brokerPid, stage] = words;
  if (stage === LAUNCH) launch(words);
  const libc = openLibc();
  dieWithBroker(libc, Number(brokerPid));
  const channel = standardChannel(() => process.exit(0));
  Object.assign(globalThis, { sharedMemory: mapSharedMemory(libc) });
  if (stage !== INSECURE) orRefuse(channel, () => confine(libc));

  const { reply: start, bytes } = channel.call({ op: "hello", restored: true, bootMs: 0 });
  if (isFailure(start)) process.exit(1);
  const program = start.program.kind === "command" ? start.program.code : new TextDecoder().decode(bytes);
  const handle = start.streams[1]?.handle ?? -1;
  for (const part of JSON.parse(program) as string[]) {
    const told: unknown = await new Function(`return ${part}`)();
    const line = new TextEncoder().encode(`\x1e${JSON.stringify(told)}\n`);
    channel.call({ op: "write", handle, nonBlocking: false, windowLength: 0 }, line);
  }
  channel.call({ op: "exit", status: 0, signal: 0, again: false });
  return process.exit(0);
}
