import type { FileStatus, MountGrant } from "../../protocol/messages.ts";
import type { FileNode, Lookup, LookupOptions, NodeOperations, PyodideModule } from "../emscripten.ts";
import { EEXIST, ELOOP, ENOENT, ENOTDIR } from "../errno.ts";
import { attributesOf, changeOf } from "./file-attributes.ts";
import { mountedFileOperations } from "./mounted-files.ts";
import type { Kernel } from "./request.ts";

const DIRECTORY = 0o040000;
const REGULAR = 0o100000;
const TYPE = 0o170000;
const PERMISSIONS = 0o7777;
const O_CREAT_EXCL_WRONLY = 0o301;
const O_EXCL = 0o200;
const O_TRUNC = 0o1000;
/** The names that are kept are no more than this; a program may walk a tree of millions. */
const MOST_KNOWN_NODES = 50_000;

/**
 * The user's files and directories, at their paths in Emscripten's file system. Every lookup asks the broker, whatever
 * was known of the name before: others change the same files.
 */
export class Mounts {
  readonly #roots = new Map<string, FileNode>();
  /** What the last request told of a path, until somebody uses it: a lookup and the stat after it are one request. */
  #fresh: { readonly path: string; readonly status: FileStatus } | null = null;
  #knownNodes = 0;
  readonly #nodeOperations: NodeOperations;
  readonly #stockLookupPath: (path: string, options: LookupOptions) => Lookup;
  readonly #stockLookupNode: (parent: FileNode, name: string) => FileNode;

  constructor(
    private readonly module: PyodideModule,
    private readonly kernel: Kernel,
    private readonly openingFlags: () => number,
  ) {
    const { FS } = module;
    this.#nodeOperations = this.#makeNodeOperations();
    this.#stockLookupPath = FS.lookupPath;
    this.#stockLookupNode = FS.lookupNode;
  }

  mount(grants: readonly MountGrant[]): void {
    if (grants.length === 0) return;
    const { FS } = this.module;
    for (const grant of grants) this.#addRoot(grant);
    const { mayCreate: stockMayCreate, nodePermissions: stockPermissions, truncate: stockTruncate } = FS;
    FS.lookupPath = (path, options = {}) =>
      this.#lookupDirectly(path, options) ?? this.#stockLookupPath.call(FS, path, options);
    FS.lookupNode = (parent, name) =>
      this.has(parent) ? this.#lookupIn(parent, name) : this.#stockLookupNode.call(FS, parent, name);
    FS.truncate = (what, length) => {
      if (typeof what === "object" && this.has(what)) this.#refuseSpecial(what);
      return stockTruncate.call(FS, what, length);
    };
    // Whether a name is free is known only when it is taken.
    FS.mayCreate = (directory, name) => (this.has(directory) ? 0 : stockMayCreate.call(FS, directory, name));
    // The broker's system decides, with all that it knows, when it comes to it.
    FS.nodePermissions = (node, permissions) => (this.has(node) ? 0 : stockPermissions.call(FS, node, permissions));
  }

  /** What the broker would say of a FIFO, a socket or a device; Emscripten would only find it no file. */
  #refuseSpecial(node: FileNode): void {
    if ([REGULAR, DIRECTORY].includes(node.mode & TYPE)) return;
    this.#fresh = null;
    this.kernel.ask({ op: "open", path: this.pathOf(node), flags: 0, mode: 0 });
  }

  /** Whether a node is a mount's. */
  has(node: FileNode): boolean {
    return node.node_ops === this.#nodeOperations;
  }

  /** Whether a path, absolute and plain, is in a mount. */
  contains(path: string): boolean {
    return this.#rootOf(path) !== undefined;
  }

  pathOf(node: FileNode): string {
    return this.module.FS.getPath(node);
  }

  #addRoot({ path, kind }: MountGrant): void {
    const { FS } = this.module;
    const parentPath = path.slice(0, path.lastIndexOf("/")) || "/";
    const name = path.slice(path.lastIndexOf("/") + 1);
    FS.mkdirTree(kind === "directory" ? path : parentPath);
    if (kind === "directory") {
      const type = { mount: () => this.#createNode(null, "/", DIRECTORY | 0o755) };
      this.#roots.set(path, FS.mount(type, { root: path }, path));
      return;
    }
    const { node: parent } = this.#stockLookupPath.call(FS, parentPath, { follow: true });
    if (parent === undefined) throw this.kernel.error(ENOENT);
    const node = this.#createNode(parent, name, this.#ask(path).mode);
    (parent.contents as Record<string, FileNode>)[name] = node;
    // Then it can be neither removed nor replaced, which would be done to its name in memory and not to the file.
    node.mounted = { root: node };
    this.#roots.set(path, node);
  }

  #createNode(parent: FileNode | null, name: string, mode: number): FileNode {
    const node = this.module.FS.createNode(parent, name, mode, 0);
    node.node_ops = this.#nodeOperations;
    node.stream_ops = mountedFileOperations(this.module, this.kernel);
    return node;
  }

  /** The outermost mounts' roots alone: what lies below them is the broker's business. */
  #rootOf(path: string): { path: string; node: FileNode } | undefined {
    for (const [root, node] of this.#roots) {
      if (path === root || path.startsWith(`${root}/`)) return { path: root, node };
    }
    return undefined;
  }

  /**
   * A path without links is found by one request. Undefined where it takes a walk: links, `..`, a path outside of all
   * mounts or a mount's root itself.
   */
  #lookupDirectly(given: string, options: LookupOptions): Lookup | undefined {
    const path = this.#plainPath(given);
    const root = path === undefined ? undefined : this.#rootOf(path);
    if (path === undefined || root === undefined || path === root.path) return undefined;
    const target = options.parent ? path.slice(0, path.lastIndexOf("/")) : path;
    if (target === root.path) return { path: target, node: root.node };
    const names = target.slice(root.path.length + 1).split("/");
    let status: FileStatus;
    try {
      status = this.#ask(target);
    } catch (error) {
      const { errno } = error as { errno?: number };
      if (errno === ENOENT && options.noent_okay) return { path };
      if (errno === ELOOP) return undefined;
      throw error;
    }
    if (this.module.FS.isLink(status.mode) && (options.follow || options.parent)) return undefined;
    if (/\/\.?$/.test(given) && !options.parent && !this.module.FS.isDir(status.mode)) throw this.kernel.error(ENOTDIR);
    let node = root.node;
    for (const [index, name] of names.entries()) {
      node = this.#child(node, name, index === names.length - 1 ? status.mode : DIRECTORY | 0o755);
    }
    this.#fresh = { path: target, status };
    return { path: target, node };
  }

  #plainPath(given: string): string | undefined {
    if (given === "") return undefined;
    const parts = (given.startsWith("/") ? given : `${this.module.FS.cwd()}/${given}`).split("/");
    if (parts.includes("..")) return undefined;
    // A slash at the end says that it is a directory, which the walk sees to.
    return `/${parts.filter((part) => part !== "" && part !== ".").join("/")}`;
  }

  #lookupIn(parent: FileNode, name: string): FileNode {
    const path = `${this.pathOf(parent)}/${name}`;
    const status = this.#statusOf(path);
    this.#fresh = { path, status };
    return this.#child(parent, name, status.mode);
  }

  /** The node of a name, which is a new one when the old was of another type. */
  #child(parent: FileNode, name: string, mode: number): FileNode {
    const known = this.#known(parent, name);
    if (known !== undefined) {
      if ((known.mode & TYPE) === (mode & TYPE)) {
        known.mode = mode;
        return known;
      }
      this.module.FS.hashRemoveNode(known);
    }
    this.#knownNodes += 1;
    if (this.#knownNodes > MOST_KNOWN_NODES) this.#forgetNodes();
    return this.#createNode(parent, name, mode);
  }

  #known(parent: FileNode, name: string): FileNode | undefined {
    const { FS } = this.module;
    let node = FS.nameTable[FS.hashName(parent.id, name)];
    while (node !== undefined && !(node.parent.id === parent.id && node.name === name)) node = node.name_next;
    return node;
  }

  /** Open streams keep the nodes that they need; the others come back when they are looked up. */
  #forgetNodes(): void {
    const { FS } = this.module;
    const roots = new Set(this.#roots.values());
    for (const slot of FS.nameTable) {
      for (let node = slot; node !== undefined; node = node.name_next) {
        if (this.has(node) && !roots.has(node)) FS.hashRemoveNode(node);
      }
    }
    this.#knownNodes = 0;
  }

  /** What the last request told already is not asked again. */
  #statusOf(path: string): FileStatus {
    return this.#fresh?.path === path ? this.#fresh.status : this.#ask(path);
  }

  #ask(path: string): FileStatus {
    this.#fresh = null;
    return this.kernel.ask({ op: "stat", path }).fields;
  }

  #makeNodeOperations(): NodeOperations {
    const { kernel } = this;
    const pathIn = (parent: FileNode, name: string) => `${this.pathOf(parent)}/${name}`;
    const perform = (request: Parameters<Kernel["ask"]>[0]) => {
      this.#fresh = null;
      kernel.ask(request);
    };
    return {
      getattr: (node) => {
        const path = this.pathOf(node);
        const status = this.#statusOf(path);
        // Once: the next stat is to see what has changed meanwhile.
        this.#fresh = null;
        node.mode = status.mode;
        return attributesOf(kernel, status);
      },
      setattr: (node, change) => {
        perform({ op: "change", path: this.pathOf(node), ...changeOf(change) });
        if (change.mode !== undefined) node.mode = change.mode;
      },
      // lookupNode is replaced and asks for itself.
      lookup: (parent, name) => this.#lookupIn(parent, name),
      mknod: (parent, name, mode) => {
        const path = pathIn(parent, name);
        if ((mode & TYPE) === DIRECTORY) {
          perform({ op: "mkdir", path, mode: mode & PERMISSIONS });
          return this.#child(parent, name, mode);
        }
        this.#fresh = null;
        // For nobody but its owner, until FS.open has given it its mode.
        try {
          const { handle } = kernel.ask({ op: "open", path, flags: O_CREAT_EXCL_WRONLY, mode: 0o600 }).fields;
          kernel.ask({ op: "close", handle });
        } catch (error) {
          // Another has made it since it was looked for, which is as good.
          const flags = this.openingFlags();
          if ((error as { errno?: number }).errno !== EEXIST || (flags & O_EXCL) !== 0) throw error;
          if ((flags & O_TRUNC) !== 0) perform({ op: "change", path, ...changeOf({ size: 0 }) });
        }
        return this.#child(parent, name, mode);
      },
      rename: (node, parent, name) => {
        perform({ op: "rename", path: this.pathOf(node), to: pathIn(parent, name) });
        const replaced = this.#known(parent, name);
        if (replaced !== undefined) this.module.FS.hashRemoveNode(replaced);
        node.name = name;
      },
      unlink: (parent, name) => perform({ op: "unlink", path: pathIn(parent, name) }),
      rmdir: (parent, name) => perform({ op: "rmdir", path: pathIn(parent, name) }),
      symlink: (parent, name, target) => {
        perform({ op: "symlink", path: pathIn(parent, name), target });
        return this.#child(parent, name, 0o120777);
      },
      readlink: (node) => kernel.ask({ op: "readlink", path: this.pathOf(node) }).fields.target,
      readdir: (node) => [".", "..", ...listDirectory(kernel, this.pathOf(node)).map(({ name }) => name)],
      statfs: (root) => {
        const status = kernel.ask({ op: "statfs", path: root as string }).fields;
        return {
          bsize: status.blockBytes,
          frsize: status.blockBytes,
          blocks: status.blocks,
          bfree: status.freeBlocks,
          bavail: status.availableBlocks,
          files: status.files,
          ffree: status.freeFiles,
        };
      },
    };
  }
}

/** A directory's entries, as the protocol has them one a line. */
export function listDirectory(kernel: Kernel, path: string): { name: string; inode: number; kind: string }[] {
  const { bytes } = kernel.ask({ op: "list", path });
  const lines = new TextDecoder().decode(bytes).split("\n").slice(0, -1);
  return lines.map((line) => {
    const space = line.indexOf(" ");
    return {
      kind: line[0] ?? "o",
      inode: Number(line.slice(1, space)),
      name: JSON.parse(`"${line.slice(space + 1)}"`),
    };
  });
}
