/** The attacker goes on when woma is gone, however that went: as a miner that nobody watches. */

import { describe, expect } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { eventually, onlyChildOf } from "../../support/processes.ts";
import { javascriptOf } from "../support/cells.ts";
import { hostileBinary } from "../support/hostile-binary.ts";
import type { Kit } from "../support/kit.ts";
import { javascriptPart } from "../support/parts.ts";

/** Starts the cell, waits until it is at it, kills its broker outright, and tells the cell's process id. */
async function orphan(run: (kit: Kit) => unknown, flags: readonly string[] = []): Promise<number> {
  const ready = javascriptPart(() => "ready", {});
  const program = javascriptOf([ready, javascriptPart(run, {})]);
  const broker = Bun.spawn([await hostileBinary(), ...flags, "-c", program], { stdio: ["ignore", "pipe", "ignore"] });
  await broker.stdout.getReader().read();
  const cell = onlyChildOf(broker.pid);
  await Bun.sleep(200);
  broker.kill("SIGKILL");
  await broker.exited;
  return cell;
}

/** A process counts as a zombie when its main thread has ended, whatever the others do. */
function hasRunningThread(pid: number): boolean {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.some(
      (thread) => !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/task/${thread}/status`, "utf8")),
    );
  } catch {
    return false;
  }
}

describe("a cell cannot outlive its broker:", () => {
  const ways: Record<string, (kit: Kit) => unknown> = {
    "in a loop with every signal blocked": ({ function: native, words }) => {
      native("pthread_sigmask")(0, words(...Array(16).fill(-1)), 0);
      for (;;);
    },
    "by a thread, its main thread having ended": (kit) => {
      const loop = kit.machineCode({ x64: [0xeb, 0xfe], arm64: [0x00, 0x00, 0x00, 0x14] });
      kit.function("pthread_create")(kit.words(0), 0, loop, 0);
      kit.call("exit", 0);
    },
  };
  for (const [how, run] of Object.entries(ways)) {
    testUnless(notOnLinux, how, async () => {
      const cell = await orphan(run);
      await eventually("the cell has died", () => !hasRunningThread(cell), 5000);
    });
  }

  testUnless(notOnLinux, "control: without the wall it can", async () => {
    const cell = await orphan(
      ({ call }) => {
        call("prctl", 1, 0, 0, 0, 0);
        const end = performance.now() + 20_000;
        while (performance.now() < end);
      },
      ["--insecure"],
    );
    await Bun.sleep(500);
    const survived = hasRunningThread(cell);
    if (survived) process.kill(cell, "SIGKILL");
    expect(survived).toBe(true);
  });
});
