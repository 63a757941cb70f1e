/**
 * The parts of an Emscripten module and of Pyodide's private interface that woma uses, as pyodide 314.0.3
 * has them (pyodide.asm.mjs). They have no types of their own.
 */
export interface PyodideModule {
  readonly FS: EmscriptenFileSystem;
  readonly API: PyodideApi;
  readonly PATH: { join2(left: string, right: string): string };
  readonly ENV: Record<string, string>;
  readonly _Py_Version: number;
  readonly _Py_EMSCRIPTEN_SIGNAL_HANDLING: number;
  /** Views of the memory, replaced whenever it grows: never keep one. */
  readonly HEAP8: Int8Array;
  readonly HEAPU8: Uint8Array;
  readonly HEAP16: Int16Array;
  readonly HEAP32: Int32Array;
  readonly HEAPU32: Uint32Array;
  readonly HEAPF64: Float64Array;
  readonly HEAP64: BigInt64Array;
  growMemory(bytes: number): 1 | undefined;
  /** The address of the Python object behind a proxy; borrowed from it. */
  PyProxy_getPtr(proxy: PyProxy): number;
  stringToNewUTF8(text: string): number;
  UTF8ToString(address: number): string;
  stringToUTF8(text: string, address: number, bytes: number): number;
  /** What dlopen(3) has opened; CPython itself has Emscripten's library for its own. */
  readonly LDSO: { readonly loadedLibsByHandle: Readonly<Record<number, { readonly exports: object }>> };
  /** What dlerror(3) says next. */
  dlSetError(message: string): void;
  /** The table of JavaScript objects that the memory refers to, by position. */
  __hiwire_set(slot: number, value: unknown): number;
  _hiwire_num_refs(): number;
  _malloc(bytes: number): number;
  _fopen(path: number, mode: number): number;
  _free(address: number): void;
  /** Where C's errno is. */
  ___errno_location(): number;
  _PyRun_FileExFlags(
    file: number,
    filename: number,
    start: number,
    globals: number,
    locals: number,
    closeFile: number,
    flags: number,
  ): number;
  _PyDict_Merge(target: number, source: number, override: number): number;
  _PyConfig_Set(name: number, value: number): number;
  _PyBool_FromLong(value: number): number;
  _PyLong_FromLong(value: number): number;
  _PyLong_AsLong(object: number): number;
  _PyErr_Clear(): void;
  _PyErr_GivenExceptionMatches(exception: number, type: number): number;
  _PyErr_Print(): void;
  _PyErr_GetRaisedException(): number;
  _PyErr_SetRaisedException(exception: number): void;
  _PyErr_CheckSignals(): number;
  _PyErr_SetString(type: number, message: number): void;
  /** Where the exceptions' types are kept. */
  readonly _PyExc_AttributeError: number;
  readonly _PyExc_RuntimeError: number;
  _PyGILState_Check(): number;
  _PyEval_SetProfile(callback: number, argument: number): void;
  _PyEval_SetTrace(callback: number, argument: number): void;
  _PyObject_CallOneArg(callable: number, argument: number): number;
  _PyObject_CallNoArgs(callable: number): number;
  _PyStructSequence_SetItem(sequence: number, index: number, value: number): void;
  _Py_DecRef(object: number): void;
  _Py_IncRef(object: number): void;
}

interface PyodideApi {
  config: Record<string, unknown>;
  runtimeEnv: Record<string, boolean>;
  pyVersionTuple: readonly [number, number, number];
  sitePackages: string;
  finalizeBootstrap(snapshotConfig?: unknown): unknown;
  serializeHiwireState(): unknown;
  /** What Pyodide expects at the beginning of the table of JavaScript objects. */
  getExpectedKeys(): readonly unknown[];
  runPythonInternal(code: string): PyProxy;
}

/** A Python object seen from JavaScript; its attributes are properties. */
// biome-ignore lint/suspicious/noExplicitAny: a proxy has whatever attributes its Python object has.
export type PyProxy = any;

export interface FileNode {
  id: number;
  name: string;
  mode: number;
  parent: FileNode;
  mount: FileSystemMount;
  /** What is mounted here. */
  mounted?: { readonly root: FileNode };
  node_ops: NodeOperations;
  stream_ops: Partial<StreamOperations>;
  /** A directory's entries by name, or a file's bytes, in MEMFS. */
  contents?: unknown;
  /** In ms since 1970, in MEMFS. */
  atime?: number;
  mtime?: number;
  ctime?: number;
  /** How many of a file's bytes there are, in MEMFS. */
  usedBytes?: number;
  /** The next in the same slot of the name table. */
  name_next?: FileNode;
}

interface FileSystemMount {
  readonly mountpoint: string;
}

/** What chmod, truncate, utime and chown change; chown has a timestamp only. */
export interface AttributeChange {
  readonly mode?: number;
  readonly size?: number;
  readonly atime?: number | null;
  readonly mtime?: number | null;
}

export interface NodeOperations {
  getattr(node: FileNode): object;
  setattr(node: FileNode, attributes: AttributeChange): void;
  lookup(parent: FileNode, name: string): FileNode;
  mknod(parent: FileNode, name: string, mode: number, device: number): FileNode;
  symlink(parent: FileNode, name: string, target: string): FileNode;
  rename(node: FileNode, parent: FileNode, name: string): void;
  unlink(parent: FileNode, name: string): void;
  rmdir(parent: FileNode, name: string): void;
  readdir(node: FileNode): string[];
  readlink(node: FileNode): string;
  statfs(root: unknown): object;
}

export interface LookupOptions {
  /** The directory that the path's last name is in. */
  readonly parent?: boolean;
  readonly follow?: boolean;
  /** A path whose last name is not there is no error. */
  readonly noent_okay?: boolean;
}

export interface Lookup {
  readonly path: string;
  readonly node?: FileNode;
}

export interface FileStream {
  fd: number;
  flags: number;
  position: number;
  path: string;
  node: FileNode;
  /** What duplicates have in common; on woma's own streams the broker's handle, and how many share it. */
  shared: {
    kernel?: { readonly handle: number; references: number; readonly terminal: boolean };
    /** Of a socket: AF_INET or AF_INET6. */
    family?: number;
  };
  tty?: { ops: object };
  stream_ops: Partial<StreamOperations>;
  seekable?: boolean;
  closeOnExec?: boolean;
  reply?: Uint8Array;
  /** A directory's entries as they were when it was first read. */
  entries?: readonly DirectoryEntry[] | null;
}

interface DirectoryEntry {
  readonly name: string;
  readonly inode: number;
  readonly kind: string;
}

export interface StreamOperations {
  open(stream: FileStream): void;
  close(stream: FileStream): void;
  dup(stream: FileStream): void;
  read(stream: FileStream, buffer: Int8Array, offset: number, length: number, position: number): number;
  write(stream: FileStream, buffer: Int8Array, offset: number, length: number, position: number): number;
  poll(stream: FileStream): number;
  getattr(stream: FileStream): object;
  setattr(stream: FileStream, attributes: AttributeChange): void;
  fsync(stream: FileStream): number;
  llseek(stream: FileStream, offset: number, whence: number): number;
}

export interface EmscriptenFileSystem {
  ErrnoError: new (errno: number) => Error & { errno: number };
  /** The lowest descriptor that is free. Replaced. */
  nextfd(): number;
  /** Null where one was closed, undefined where none has been. */
  getStream(fd: number): FileStream | null | undefined;
  createNode(parent: FileNode | null, name: string, mode: number, device: number): FileNode;
  createStream(stream: object, fd?: number): FileStream;
  closeStream(fd: number): void;
  close(stream: FileStream): void;
  makedev(major: number, minor: number): number;
  registerDevice(device: number, operations: Partial<StreamOperations>): void;
  mkdev(path: string, mode: number, device: number): FileNode;
  mkdirTree(path: string): void;
  mkdir(path: string): void;
  rmdir(path: string): void;
  unlink(path: string): void;
  chdir(path: string): void;
  chmod(path: string, mode: number): void;
  symlink(target: string, path: string): void;
  writeFile(path: string, contents: Uint8Array, options?: { canOwn?: boolean }): void;
  readFile(path: string): Uint8Array;
  cwd(): string;
  getPath(node: FileNode): string;
  isDir(mode: number): boolean;
  isLink(mode: number): boolean;
  hashName(parent: number, name: string): number;
  hashRemoveNode(node: FileNode): void;
  /** Replaced: lookups in mounts ask the broker. */
  lookupNode(parent: FileNode, name: string): FileNode;
  mayCreate(directory: FileNode, name: string): number;
  nodePermissions(node: FileNode, permissions: string): number;
  truncate(what: string | FileNode, length: number): void;
  readonly nameTable: (FileNode | undefined)[];
  mount(type: { mount(mount: FileSystemMount): FileNode }, options: object, path: string): FileNode;
  createDataFile(
    parent: string,
    name: string,
    contents: Uint8Array,
    canRead: boolean,
    canWrite: boolean,
    canOwn: boolean,
  ): void;
  readdir(path: string): string[];
  lookupPath(path: string, options: LookupOptions): Lookup;
}

/** The functions that the WebAssembly module imports from its host. */
// biome-ignore lint/suspicious/noExplicitAny: their signatures are wasm's.
export type HostImports = Record<string, (...values: any[]) => any>;

export interface ModuleSettings {
  API: PyodideApi;
  noInitialRun: boolean;
  thisProgram: string;
  arguments: string[];
  preRun: ((module: PyodideModule) => void)[];
  print: (text: string) => void;
  printErr: (text: string) => void;
  locateFile: (name: string) => string;
  instantiateWasm: (
    imports: { env: HostImports },
    received: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ) => object;
}

export type CreatePyodideModule = (settings: ModuleSettings) => Promise<PyodideModule>;
