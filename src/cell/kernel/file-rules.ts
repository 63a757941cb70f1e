import type {
  EmscriptenFileSystem,
  FileNode,
  HostImports,
  NodeOperations,
  PyodideModule,
  StreamOperations,
} from "../emscripten.ts";
import { ENAMETOOLONG, ENOENT, ENOSPC } from "../errno.ts";
import type { Kernel } from "./request.ts";

const LONGEST_NAME_BYTES = 255;
const PERMISSIONS = 0o7777;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_NOFOLLOW = 0o400000;
const AT_FDCWD = -100;
const INITIAL_UMASK = 0o022;

/** A rule of Linux's that Emscripten's in-memory file system does not know. */
export interface Umask {
  imports(env: Readonly<HostImports>): HostImports;
  set(mask: number): void;
  /** The last file that was to be opened and was not there; null for none. */
  lastMissed(): string | null;
  /** The flags of the open(2) that is under way. */
  openingFlags(): number;
}

export function fileRules(module: () => PyodideModule): Umask {
  let umask = INITIAL_UMASK;
  let missed: string | null = null;
  let opening = 0;
  return {
    imports({ __syscall_mkdirat: makeDirectory, __syscall_openat: openFile }) {
      return {
        __syscall_umask_js(mask: number) {
          const before = umask;
          umask = mask & 0o777;
          return before;
        },
        __syscall_mkdirat: (directory: number, path: number, mode: number) =>
          makeDirectory?.(directory, path, mode & ~umask),
        __syscall_openat(directory: number, path: number, flags: number, varargs: number) {
          const { HEAPU32 } = module();
          // What must not be there must not be there as a link either, wherever that leads.
          if ((flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0) flags |= O_NOFOLLOW;
          // The mode is C's own copy of an argument, made for this call.
          if ((flags & O_CREAT) !== 0) HEAPU32[varargs >>> 2] = (HEAPU32[varargs >>> 2] ?? 0) & PERMISSIONS & ~umask;
          opening = flags;
          const fd = openFile?.(directory, path, flags, varargs);
          if (fd === -ENOENT && directory === AT_FDCWD) missed = module().UTF8ToString(path >>> 0);
          return fd;
        },
      };
    },
    lastMissed: () => missed,
    openingFlags: () => opening,
    set(mask) {
      umask = mask;
    },
  };
}

/** The cell's own files and the broker's handles are counted together, and refused in the same words. */
export function limitDescriptors(module: PyodideModule, kernel: Kernel, maximum: number): void {
  const { FS } = module;
  FS.nextfd = () => {
    for (let fd = 0; fd < maximum; fd++) if (!FS.getStream(fd)) return fd;
    const reason = `the program may have ${maximum} open; allow more with --max-open-files`;
    throw kernel.error(kernel.failed({ errno: "EMFILE", reason }));
  };
}

/**
 * A file of the cell's own is held in memory: one that is larger than Python's memory may be finds no space left.
 * All of MEMFS's files share the operations changed here; `anyFile` names one.
 */
export function limitSizes({ FS }: PyodideModule, anyFile: string, limitBytes: () => number): void {
  const { node_ops, stream_ops } = nodeAt(FS, anyFile);
  const refuseLarge = (size: number | undefined) => {
    if (size !== undefined && size > limitBytes()) throw new FS.ErrnoError(ENOSPC);
  };
  const { setattr } = node_ops;
  const { write } = stream_ops;
  Object.assign(node_ops, {
    setattr(node, attributes) {
      refuseLarge(attributes.size);
      setattr(node, attributes);
    },
  } satisfies Partial<NodeOperations>);
  Object.assign(stream_ops, {
    write(stream, buffer, offset, length, position) {
      refuseLarge(position + length);
      return write?.(stream, buffer, offset, length, position) ?? 0;
    },
  } satisfies Partial<StreamOperations>);
}

/** Refuses names that no Linux file system takes. All of MEMFS's directories share the operations changed here. */
export function limitNames({ FS }: PyodideModule): void {
  const operations = nodeAt(FS, "/").node_ops;
  const refuseLong = (name: string) => {
    if (name.length * 3 > LONGEST_NAME_BYTES && Buffer.byteLength(name) > LONGEST_NAME_BYTES) {
      throw new FS.ErrnoError(ENAMETOOLONG);
    }
  };
  const { lookup, mknod, symlink, rename } = operations;
  Object.assign(operations, {
    lookup(parent, name) {
      refuseLong(name);
      return lookup(parent, name);
    },
    mknod(parent, name, mode, device) {
      refuseLong(name);
      return mknod(parent, name, mode, device);
    },
    symlink(parent, name, target) {
      refuseLong(name);
      return symlink(parent, name, target);
    },
    rename(node, parent, name) {
      refuseLong(name);
      rename(node, parent, name);
    },
  } satisfies Partial<NodeOperations>);
}

function nodeAt(FS: EmscriptenFileSystem, path: string): FileNode {
  const { node } = FS.lookupPath(path, {});
  if (node === undefined) throw new Error(`the cell has no ${path}`);
  return node;
}
