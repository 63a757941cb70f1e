import nodeCrypto from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { loadAssets } from "../src/cell/assets.ts";
import { boot } from "../src/cell/boot.ts";
import { noHostReferences } from "../src/cell/host-references.ts";
import { encodeSnapshot } from "../src/cell/snapshot.ts";
import type { Channel } from "../src/protocol/channel.ts";

/**
 * Boots the distribution step by step and writes the interpreter's memory. The same sources give the same
 * bytes: time stands still meanwhile and randomness is none, which every run makes good when it starts.
 */
export async function makeSnapshot(path: string): Promise<void> {
  const assets = await loadAssets(undefined);
  standStill();
  const { module, timeZoneSlots } = await boot(assets, NO_LOCK, NO_BROKER);
  module.API.runPythonInternal("import gc; gc.collect(); None");
  const references = noHostReferences(module);
  const snapshot = encodeSnapshot(module.HEAPU8, { buildId: assets.buildId, references, timeZoneSlots });
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}`;
  try {
    await writeFile(part, snapshot);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}

const NO_LOCK = () => {};

const NO_BROKER: { channel: Channel; window: null } = {
  channel: {
    call(request) {
      throw new Error(`${request.op} while a snapshot is made`);
    },
  },
  window: null,
};

const INSTANT_MS = Date.UTC(2026, 0, 1);

/** Pyodide asks these for the time and for randomness. */
function standStill(): void {
  Date.now = () => INSTANT_MS;
  performance.now = () => 0;
  const zeros = <T extends NodeJS.ArrayBufferView>(buffer: T): T => {
    new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).fill(0);
    return buffer;
  };
  crypto.getRandomValues = zeros as typeof crypto.getRandomValues;
  nodeCrypto.randomFillSync = zeros as typeof nodeCrypto.randomFillSync;
}

if (import.meta.main) {
  const path = process.argv[2];
  if (path === undefined) throw new Error("usage: snapshot.ts FILE");
  try {
    await makeSnapshot(path);
    process.exit(0);
  } catch (error) {
    // A checkout's start looks for a system error's code alone on its line.
    console.error((error as NodeJS.ErrnoException).code ?? error);
    process.exit(1);
  }
}
