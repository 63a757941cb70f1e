import type { FileStream, HostImports, PyodideModule } from "../emscripten.ts";
import { EACCES, EINVAL, ENODEV, ENOMEM } from "../errno.ts";
import { errnoOf } from "./errno-of.ts";
import { readAt, writeAt } from "./mounted-files.ts";
import type { Mounts } from "./mounts.ts";
import type { Kernel } from "./request.ts";

const ACCESS_MODE = 3;
const O_WRONLY = 1;
const O_RDWR = 2;
const PROT_WRITE = 2;
const MAP_PRIVATE = 2;
/** Unchanged bytes between two changes that are written all the same: fewer requests. */
const SMALL_GAP_BYTES = 64;
const CHUNK_BYTES = 4096;

/** SQLite's shared memory of a database in WAL mode. */
const SQLITE_SHARED_MEMORY = "-shm";

/** A file on a mount in memory: a copy, of which what has changed is written back. */
interface Mapping {
  readonly handle: number;
  readonly address: number;
  readonly length: number;
  readonly position: number;
  /** What the file had, as far as this program knows; null for a mapping that is never written back. */
  readonly before: Uint8Array | null;
  release(): void;
}

/**
 * mmap(2) of files on mounts. Emscripten's own would write a whole mapping back by a descriptor's number, which may be
 * another file's by then; and what others wrote meanwhile would be undone.
 */
export class Mappings {
  readonly #mappings = new Map<number, Mapping>();

  constructor(
    private readonly module: () => PyodideModule,
    private readonly kernel: Kernel,
    private readonly mounts: () => Mounts | null,
  ) {}

  imports(stock: HostImports): HostImports {
    return {
      _mmap_js: (...given: MmapArguments) => {
        const stream = this.module().FS.getStream(given[3]);
        if (!stream || !this.mounts()?.has(stream.node)) return stock["_mmap_js"]?.(...given);
        return errnoOf(() => this.#map(stream, given));
      },
      _msync_js: (address: number, ...rest: unknown[]) => {
        const mapping = this.#mappings.get(address >>> 0);
        if (mapping === undefined) return stock["_msync_js"]?.(address, ...rest);
        return errnoOf(() => this.#writeBack(mapping));
      },
      _munmap_js: (address: number, ...rest: unknown[]) => {
        const mapping = this.#mappings.get(address >>> 0);
        if (mapping === undefined) return stock["_munmap_js"]?.(address, ...rest);
        this.#mappings.delete(mapping.address);
        return errnoOf(() => {
          try {
            return this.#writeBack(mapping);
          } finally {
            mapping.release();
          }
        });
      },
    };
  }

  /** What is still mapped when a program ends is written back then. */
  writeAllBack(): void {
    for (const mapping of this.#mappings.values()) errnoOf(() => this.#writeBack(mapping));
  }

  #map(stream: FileStream, [length, protection, flags, , offset, allocated, result]: MmapArguments): number {
    const module = this.module();
    const isPrivate = (flags & MAP_PRIVATE) !== 0;
    const writes = (protection & PROT_WRITE) !== 0 && !isPrivate;
    const access = stream.flags & ACCESS_MODE;
    if (access === O_WRONLY || (writes && access !== O_RDWR)) return -EACCES;
    if (length === 0) return -EINVAL;
    // Two processes would each have a memory of their own, and SQLite would destroy the database by it.
    if (writes && stream.path.endsWith(SQLITE_SHARED_MEMORY)) return -ENODEV;
    const { kernel: file } = stream.shared;
    if (file === undefined) return -ENODEV;
    const address = module._malloc(length);
    if (address === 0) return -ENOMEM;
    const memory = module.HEAPU8.subarray(address, address + length);
    memory.fill(0);
    readAt(this.kernel, file.handle, { target: memory, position: Number(offset) });
    // The mapping stays when the descriptor is closed.
    stream.stream_ops.dup?.(stream);
    this.#mappings.set(address, {
      handle: file.handle,
      address,
      length,
      position: Number(offset),
      before: writes ? memory.slice() : null,
      release: () => stream.stream_ops.close?.(stream),
    });
    module.HEAP32[allocated >>> 2] = 1;
    module.HEAPU32[result >>> 2] = address;
    return 0;
  }

  #writeBack({ handle, address, length, position, before }: Mapping): number {
    if (before === null) return 0;
    // No longer than the file: a mapping's last page is not part of it.
    const { size } = this.kernel.ask({ op: "fstat", handle }).fields;
    const memory = this.module().HEAPU8.slice(address, address + Math.max(Math.min(length, size - position), 0));
    for (const [start, end] of changes(memory, before)) {
      for (let at = start; at < end; ) {
        at += writeAt(this.kernel, handle, { source: memory.subarray(at, end), position: position + at });
      }
      before.set(memory.subarray(start, end), start);
    }
    return 0;
  }
}

/** mmap2's, as Emscripten's C hands them to JavaScript; the last two are where results are put. */
type MmapArguments = [
  length: number,
  protection: number,
  flags: number,
  fd: number,
  offset: bigint,
  allocated: number,
  result: number,
];

/** Where the two differ: starts and ends. */
function* changes(now: Uint8Array, before: Uint8Array): Generator<readonly [number, number]> {
  for (let at = 0; at < now.length; at++) {
    if (at % CHUNK_BYTES === 0) at += equalChunks(now, before, at);
    if (at >= now.length || now[at] === before[at]) continue;
    const start = at;
    let end = at + 1;
    for (; at < now.length && at - end < SMALL_GAP_BYTES; at++) if (now[at] !== before[at]) end = at + 1;
    yield [start, end];
  }
}

/** How far the two are equal, in whole chunks: much quicker than byte by byte. */
function equalChunks(now: Uint8Array, before: Uint8Array, from: number): number {
  let at = from;
  while (at < now.length && Buffer.compare(chunk(now, at), chunk(before, at)) === 0) at += CHUNK_BYTES;
  return at - from;
}

function chunk(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.subarray(at, at + CHUNK_BYTES);
}
