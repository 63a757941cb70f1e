import { NO_BYTES } from "../../protocol/framing.ts";
import { DATA_WINDOW_BYTES, INLINE_BYTES } from "../../protocol/messages.ts";
import type { FileStream, PyodideModule, StreamOperations } from "../emscripten.ts";
import { EINVAL, EIO, EISDIR, EOPNOTSUPP } from "../errno.ts";
import { attributesOf, changeOf } from "./file-attributes.ts";
import { attachHandle, kstreamOperations } from "./kstream.ts";
import { readPieces } from "./read-pieces.ts";
import type { Kernel } from "./request.ts";

const ACCESS_MODE = 3;
const O_APPEND = 0o2000;
const SEEK_CUR = 1;
const SEEK_END = 2;
const SQLITE_MAGIC = new TextEncoder().encode("SQLite format 3\0");
/** Where the header has the version of the format for writing; 2 is WAL (https://sqlite.org/fileformat2.html). */
const SQLITE_WRITE_VERSION = 18;
const SQLITE_WAL = 2;
const SQLITE_HEADER_BYTES = 100;

/** An open file on a mount: a broker's handle, with the position kept here as Emscripten does. */
export function mountedFileOperations(module: PyodideModule, kernel: Kernel): Partial<StreamOperations> {
  const { FS } = module;
  const { dup, close } = kstreamOperations(kernel);
  const isDirectory = (stream: FileStream) => FS.isDir(stream.node.mode);
  const handleOf = (stream: FileStream) => {
    const handle = stream.shared.kernel?.handle;
    if (handle === undefined) throw kernel.error(isDirectory(stream) ? EISDIR : EIO);
    return handle;
  };
  const operations = {
    open(stream) {
      if (isDirectory(stream)) return;
      const flags = stream.flags & (ACCESS_MODE | O_APPEND);
      const { handle } = kernel.ask({ op: "open", path: FS.getPath(stream.node), flags, mode: 0 }).fields;
      attachHandle(stream, handle, false);
      stream.seekable = true;
    },
    dup,
    close,
    read(stream, buffer, offset, length, position) {
      return readAt(kernel, handleOf(stream), { target: view(buffer, offset, length), position });
    },
    write(stream, buffer, offset, length, position) {
      if (position === 0 && turnsToWal(view(buffer, offset, length), kernel, handleOf(stream))) {
        throw kernel.error(EOPNOTSUPP);
      }
      const at = (stream.flags & O_APPEND) !== 0 ? null : position;
      return writeAt(kernel, handleOf(stream), { source: view(buffer, offset, length), position: at });
    },
    llseek(stream, offset, whence) {
      if (whence === SEEK_CUR) offset += stream.position;
      else if (whence === SEEK_END && !isDirectory(stream)) {
        offset += kernel.ask({ op: "fstat", handle: handleOf(stream) }).fields.size;
      }
      if (offset < 0) throw kernel.error(EINVAL);
      return offset;
    },
    getattr(stream) {
      if (isDirectory(stream)) return stream.node.node_ops.getattr(stream.node);
      return attributesOf(kernel, kernel.ask({ op: "fstat", handle: handleOf(stream) }).fields);
    },
    setattr(stream, change) {
      if (isDirectory(stream)) return stream.node.node_ops.setattr(stream.node, change);
      kernel.ask({ op: "change-open", handle: handleOf(stream), ...changeOf(change) });
    },
    fsync(stream) {
      if (!isDirectory(stream)) kernel.ask({ op: "fsync", handle: handleOf(stream) });
      return 0;
    },
  } satisfies Partial<StreamOperations>;
  return operations;
}

/**
 * Whether a write would make WAL's a database that is none. Two processes would each have a shared memory of their own
 * and destroy it, so that the change is refused, and SQLite goes on as before.
 */
function turnsToWal(header: Uint8Array, kernel: Kernel, handle: number): boolean {
  const isWal = (bytes: Uint8Array) => bytes[SQLITE_WRITE_VERSION] === SQLITE_WAL;
  if (header.length < SQLITE_HEADER_BYTES || !isWal(header)) return false;
  if (!SQLITE_MAGIC.every((byte, index) => header[index] === byte)) return false;
  const present = new Uint8Array(SQLITE_HEADER_BYTES);
  readAt(kernel, handle, { target: present, position: 0 });
  return !isWal(present);
}

/** Fills the target, but for what lies behind the file's end. */
export function readAt(
  kernel: Kernel,
  handle: number,
  { target, position }: { readonly target: Uint8Array; readonly position: number },
): number {
  return readPieces(kernel, target, (offset, length) =>
    kernel.ask({ op: "pread", handle, length, position: position + offset }),
  );
}

/** Writes all of it, or as much as there is room for; at the end for a position of null. */
export function writeAt(
  kernel: Kernel,
  handle: number,
  { source, position }: { readonly source: Uint8Array; readonly position: number | null },
): number {
  let written = 0;
  while (written < source.length) {
    const throughWindow = kernel.window !== null && source.length - written > INLINE_BYTES;
    const part = source.subarray(written, written + (throughWindow ? DATA_WINDOW_BYTES : INLINE_BYTES));
    if (throughWindow) kernel.window?.set(part);
    const at = position === null ? -1 : position + written;
    const request = { op: "pwrite", handle, position: at, windowLength: throughWindow ? part.length : 0 } as const;
    let taken: number;
    try {
      taken = kernel.ask(request, throughWindow ? NO_BYTES : part).fields.written;
    } catch (error) {
      // What is written already is told; the next write meets the error again.
      if (written > 0) return written;
      throw error;
    }
    written += taken;
    if (taken < part.length) break;
  }
  return written;
}

function view(buffer: Int8Array, offset: number, length: number): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
}
