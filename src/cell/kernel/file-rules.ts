import type { HostImports, NodeOperations, PyodideModule } from "../emscripten.ts";
import { ENAMETOOLONG } from "../errno.ts";

const LONGEST_NAME_BYTES = 255;
const PERMISSIONS = 0o7777;
const O_CREAT = 0o100;
const INITIAL_UMASK = 0o022;

/** Linux's rules that Emscripten's in-memory file system does not know: the umask, and how long a name may be. */
export function fileRules(module: () => PyodideModule, stock: HostImports): HostImports {
  let umask = INITIAL_UMASK;
  return {
    __syscall_umask_js(mask: number) {
      const before = umask;
      umask = mask & 0o777;
      return before;
    },
    __syscall_mkdirat: (directory: number, path: number, mode: number) =>
      stock["__syscall_mkdirat"]?.(directory, path, mode & ~umask),
    __syscall_openat(directory: number, path: number, flags: number, varargs: number) {
      const { HEAPU32 } = module();
      // The mode is C's own copy of an argument, made for this call.
      if ((flags & O_CREAT) !== 0) HEAPU32[varargs >>> 2] = (HEAPU32[varargs >>> 2] ?? 0) & PERMISSIONS & ~umask;
      return stock["__syscall_openat"]?.(directory, path, flags, varargs);
    },
  };
}

/** Refuses names that no Linux file system takes. All of MEMFS's directories share the operations changed here. */
export function limitNames({ FS }: PyodideModule): void {
  const operations = FS.lookupPath("/").node.node_ops;
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
