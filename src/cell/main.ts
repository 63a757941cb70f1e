import { isFailure, standardChannel } from "../protocol/channel.ts";
import { openLibc } from "../protocol/libc.ts";
import { SIGNAL_PAGE_BYTES } from "../protocol/messages.ts";
import { confine } from "../sandbox/confine.ts";
import { loadAssets } from "./assets.ts";
import { boot } from "./boot.ts";
import { dieWithBroker } from "./broker-death.ts";
import { installDevices } from "./kernel/devices.ts";
import { limitDescriptors } from "./kernel/file-rules.ts";
import { openKstream } from "./kernel/kstream.ts";
import { InterpreterDeath } from "./outcome.ts";
import { orRefuse } from "./refusal.ts";
import { rehearse } from "./rehearsal.ts";
import { importMain, runProgram } from "./run.ts";
import { mapSharedMemory } from "./shared-memory.ts";
import { setTimeZone } from "./time-zone.ts";

/** A cell's whole life: lock itself in, start an interpreter, wait for a program, run it, tell how it ended. */
export async function main([brokerPid, stage, urgency, snapshotPath]: readonly string[]): Promise<never> {
  keepStandardOutputForFrames();
  const libc = openLibc();
  dieWithBroker(libc, Number(brokerPid));
  const channel = standardChannel(() => process.exit(0));
  const shared = mapSharedMemory(libc);
  const window = shared?.subarray(SIGNAL_PAGE_BYTES) ?? null;
  const started = performance.now();
  const assets = await loadAssets(snapshotPath);
  const lock = stage === "insecure" ? () => {} : () => orRefuse(channel, () => confine(libc));
  const interpreter = await boot(assets, lock, { channel, window });
  const { module, kernel } = interpreter;
  const main = importMain(module);
  installDevices(interpreter);
  if (urgency === "spare") rehearse(interpreter, main);

  const hello = channel.call({
    op: "hello",
    restored: interpreter.restored,
    bootMs: Math.round(performance.now() - started),
  });
  if (isFailure(hello.reply)) process.exit(1);
  const start = hello.reply;
  setTimeZone(module, interpreter.timeZoneSlots, start.timeZone);
  interpreter.memory.set(start.memoryLimitBytes);
  for (const grant of start.streams)
    openKstream(module, kernel, { ...grant, access: grant.fd === 0 ? "read" : "write" });
  limitDescriptors(module, kernel, start.maximumOpenFiles);
  interpreter.umask.set(start.umask);
  interpreter.mounts.mount(start.mounts);
  interpreter.archives.mount(start.archives);
  const listen = () => {
    if (shared !== null) interpreter.interrupts.listen(shared.subarray(0, SIGNAL_PAGE_BYTES));
  };

  try {
    const outcome = runProgram(interpreter, main, { start, source: hello.bytes, listen });
    interpreter.mappings.writeAllBack();
    channel.call({ op: "exit", ...outcome });
    process.exit(0);
  } catch (error) {
    if (!(error instanceof InterpreterDeath)) throw error;
    console.error(error.message);
    process.exit(INTERPRETER_DIED);
  }
}

/** sysexits.h's EX_SOFTWARE. */
const INTERPRETER_DIED = 70;

/** Whatever the runtime or a library prints goes to standard error, which the broker keeps for a bug report. */
function keepStandardOutputForFrames(): void {
  console.log = console.info = console.debug = console.error;
}
