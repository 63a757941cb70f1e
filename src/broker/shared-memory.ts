import { ptr, toArrayBuffer } from "bun:ffi";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WomaError } from "../errors.ts";
import type { Libc } from "../protocol/libc.ts";
import { SHARED_BYTES, SIGNAL_PAGE_BYTES } from "../protocol/messages.ts";
import { systemCallNumber } from "../protocol/system-call-numbers.ts";

/**
 * Memory that broker and cell both see: the pending signal's number in byte 0, then the data window.
 * The cell inherits `fd` as its fd 3. The cell can change any byte at any moment: copy out before looking.
 */
export interface SharedMemory {
  readonly fd: number;
  readonly signalPage: Uint8Array;
  readonly window: Uint8Array;
  /** Closes the broker's descriptor once the cell has its own; the mapping stays. */
  closeDescriptor(): void;
}

export function createSharedMemory(libc: Libc): SharedMemory {
  const fd = anonymousFile(libc);
  if (libc.ftruncate(fd, SHARED_BYTES) !== 0) throw memoryError("could not be sized");
  const address = libc.mmap(null, SHARED_BYTES, PROT_READ_WRITE, MAP_SHARED, fd, 0);
  if (address === null || Number(address) === -1) throw memoryError("could not be mapped");
  // A cell that could cut it short would have the broker's next look at it end in SIGBUS.
  libc.systemCall(systemCallNumber("fcntl"), fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW);
  const buffer = toArrayBuffer(address, 0, SHARED_BYTES);
  let open = true;
  return {
    fd,
    signalPage: new Uint8Array(buffer, 0, SIGNAL_PAGE_BYTES),
    window: new Uint8Array(buffer, SIGNAL_PAGE_BYTES),
    closeDescriptor() {
      if (open) closeSync(fd);
      open = false;
    },
  };
}

function memoryError(what: string): WomaError {
  return new WomaError(`the memory shared with Python's process ${what}`, {
    hint: "check the limits of this shell with `ulimit -a`: file size (-f) counts for it",
  });
}

const MFD_ALLOW_SEALING = 2;
const F_ADD_SEALS = 1033;
const F_SEAL_SEAL = 1;
const F_SEAL_SHRINK = 2;
const F_SEAL_GROW = 4;

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;

/** A memfd on Linux; elsewhere a file that is unlinked before anyone can open it. */
function anonymousFile(libc: Libc): number {
  if (libc.memfd_create !== null) {
    const fd = libc.memfd_create(ptr(Buffer.from("woma\0")), MFD_ALLOW_SEALING);
    if (fd < 0) throw memoryError(`could not be made (errno ${libc.errno()})`);
    return fd;
  }
  const directory = mkdtempSync(join(tmpdir(), "woma-"));
  try {
    return openSync(join(directory, "shared"), "wx+", 0o600);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
