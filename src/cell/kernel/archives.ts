import { inflateRawSync } from "node:zlib";
import { placeOf } from "../../protocol/archive-layout.ts";
import { NO_BYTES } from "../../protocol/framing.ts";
import { type ArchiveEntry, type ArchiveGrant, DATA_WINDOW_BYTES, INLINE_BYTES } from "../../protocol/messages.ts";
import type { FileNode, PyodideModule } from "../emscripten.ts";
import { EIO } from "../errno.ts";
import type { Kernel } from "./request.ts";

const READ_ONLY_FILE = 0o100444;
const WRITABLE = 0o222;
const LOCAL_HEADER_BYTES = 30;
/** Contents that were read last stay in memory up to this much, so that a file read in pieces is unpacked once. */
const KEPT_BYTES = 16 * 1024 * 1024;
/** A round trip takes longer than the bytes, while both processors are busy. */
const READ_AHEAD_BYTES = 512 * 1024;
/** What a local header has behind its fixed part is short; with this much, most files are one request. */
const HEADER_ALLOWANCE_BYTES = 512;

/** What a file's contents are unpacked from. */
interface Origin {
  readonly archive: number;
  readonly entry: ArchiveEntry;
}

/** Wheels in Emscripten's file system: names and sizes from the start, contents when somebody reads them. */
export class Archives {
  readonly #kept = new Map<FileNode, Uint8Array>();
  #keptBytes = 0;
  /** The archives of compiled code. */
  readonly #bytecode = new Set<number>();
  /** What was read of these last, and what lies behind it. */
  #ahead: { archive: number; position: number; bytes: Uint8Array } = { archive: -1, position: 0, bytes: NO_BYTES };

  constructor(
    private readonly module: PyodideModule,
    private readonly kernel: Kernel,
  ) {}

  mount(grants: readonly ArchiveGrant[]): void {
    const directoryOf = this.#directoryFinder();
    for (const grant of grants) {
      const add = (archive: number, entry: ArchiveEntry, path: string) => {
        const slash = path.lastIndexOf("/");
        this.#add({ archive, entry }, directoryOf(path.slice(0, slash)), path.slice(slash + 1));
      };
      for (const entry of this.#list(grant.archive)) {
        const place = placeOf(grant.kind, entry.name);
        if (place !== null) add(grant.archive, entry, place);
      }
      if (grant.bytecode === null) continue;
      this.#bytecode.add(grant.bytecode);
      for (const entry of this.#list(grant.bytecode)) {
        const place = placeOf(grant.kind, entry.name);
        if (place !== null) add(grant.bytecode, entry, cachedPath(place));
      }
    }
  }

  #list(archive: number): ArchiveEntry[] {
    return JSON.parse(new TextDecoder().decode(this.kernel.ask({ op: "archive-list", archive }).bytes));
  }

  #add({ archive, entry }: Origin, directory: FileNode, name: string): void {
    const { FS } = this.module;
    const present = (directory.contents as Record<string, FileNode>)[name];
    // What two wheels have, such as a namespace's __init__.py, is the later one's; a directory is never replaced.
    if (present !== undefined) {
      if (FS.isDir(present.mode)) return;
      FS.hashRemoveNode(present);
    }
    const node = directory.node_ops.mknod(directory, name, READ_ONLY_FILE, 0);
    node.usedBytes = entry.bytes;
    Object.defineProperty(node, "contents", {
      configurable: true,
      get: () => this.#contents(node, { archive, entry }),
      set: (value: Uint8Array) => this.#own(node, value),
    });
  }

  /** Most files of a wheel are in few directories. */
  #directoryFinder(): (path: string) => FileNode {
    const { FS } = this.module;
    const known = new Map<string, FileNode>();
    return (path) => {
      let node = known.get(path);
      if (node === undefined) {
        FS.mkdirTree(path);
        node = FS.lookupPath(path, { follow: true }).node;
        if (node === undefined) throw this.kernel.error(EIO);
        known.set(path, node);
      }
      return node;
    };
  }

  #contents(node: FileNode, origin: Origin): Uint8Array {
    const kept = this.#kept.get(node);
    if (kept !== undefined) return kept;
    const bytes = this.#read(origin);
    // The program has made it writable: from here on it is a file like any other.
    if ((node.mode & WRITABLE) !== 0) this.#own(node, bytes);
    else this.#keep(node, bytes);
    return bytes;
  }

  #own(node: FileNode, contents: Uint8Array): void {
    Object.defineProperty(node, "contents", { configurable: true, writable: true, value: contents });
    this.#forget(node);
  }

  #keep(node: FileNode, bytes: Uint8Array): void {
    this.#kept.set(node, bytes);
    this.#keptBytes += bytes.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= KEPT_BYTES || oldest === node) break;
      this.#forget(oldest);
    }
  }

  #forget(node: FileNode): void {
    this.#keptBytes -= this.#kept.get(node)?.length ?? 0;
    this.#kept.delete(node);
  }

  #read({ archive, entry }: Origin): Uint8Array {
    const { position, compressedBytes, bytes, isCompressed, name } = entry;
    const nameBytes = new TextEncoder().encode(name).length;
    const guess = LOCAL_HEADER_BYTES + nameBytes + HEADER_ALLOWANCE_BYTES + compressedBytes;
    const read = this.#readAt(archive, position, guess);
    const header = new DataView(read.buffer, read.byteOffset, read.byteLength);
    if (read.length < LOCAL_HEADER_BYTES) throw this.kernel.error(EIO);
    const start = LOCAL_HEADER_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
    const stored =
      read.length >= start + compressedBytes
        ? read.subarray(start, start + compressedBytes)
        : this.#readAt(archive, position + start, compressedBytes);
    const contents = isCompressed ? this.#inflate(stored, bytes) : stored.slice();
    if (contents.length !== bytes) throw this.kernel.error(EIO);
    return contents;
  }

  #inflate(stored: Uint8Array, bytes: number): Uint8Array {
    try {
      return new Uint8Array(inflateRawSync(stored, { maxOutputLength: Math.max(bytes, 1) }));
    } catch {
      throw this.kernel.error(EIO);
    }
  }

  /**
   * As much of that as the archive has. Compiled code lies in the order in which it is needed: what comes next is asked
   * for in the same request. Of wheels nothing is read but what is wanted, since the broker has that compiled.
   */
  #readAt(archive: number, position: number, length: number): Uint8Array {
    const ahead = this.#ahead;
    const start = position - ahead.position;
    if (ahead.archive === archive && start >= 0 && start + length <= ahead.bytes.length) {
      return ahead.bytes.subarray(start, start + length);
    }
    if (!this.#bytecode.has(archive)) return this.#request(archive, position, length);
    const bytes = this.#request(archive, position, Math.max(length, READ_AHEAD_BYTES));
    this.#ahead = { archive, position, bytes };
    return bytes.subarray(0, length);
  }

  #request(archive: number, position: number, length: number): Uint8Array {
    const target = new Uint8Array(length);
    const most = this.kernel.window === null ? INLINE_BYTES : DATA_WINDOW_BYTES;
    let filled = 0;
    while (filled < length) {
      const part = Math.min(length - filled, most);
      const request = { op: "archive-read", archive, position: position + filled, length: part } as const;
      const { fields, bytes } = this.kernel.ask(request);
      const got = fields.windowLength === undefined ? bytes : this.kernel.window?.subarray(0, fields.windowLength);
      if (got === undefined || got.length > part) throw this.kernel.error(EIO);
      target.set(got, filled);
      filled += got.length;
      if (got.length < part) break;
    }
    return target.subarray(0, filled);
  }
}

/** Where CPython looks for the compiled code of a source file. */
function cachedPath(source: string): string {
  const slash = source.lastIndexOf("/");
  return `${source.slice(0, slash)}/__pycache__/${source.slice(slash + 1).replace(/\.py$/, "")}.cpython-314.pyc`;
}
