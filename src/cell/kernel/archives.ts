import { cachedPath, placeOf } from "../../protocol/archive-layout.ts";
import { parseFiles, splitListing } from "../../protocol/archive-listing.ts";
import type { ArchiveGrant } from "../../protocol/messages.ts";
import type { EmscriptenFileSystem, FileNode, NodeOperations, PyodideModule } from "../emscripten.ts";
import { type ArchivedFile, ArchiveReader } from "./archive-reader.ts";
import type { Kernel } from "./request.ts";

const READ_ONLY_FILE = 0o100444;
const DIRECTORY = 0o040755;
const WRITABLE = 0o222;
/** Compiled code is for a source of this time, in ms since 1970: the first that zip archives have, 1980 in UTC. */
const TIME_OF_FILES = 315_532_800_000;
/** Contents that were read last stay in memory up to this much, so that a file read in pieces is unpacked once. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** What is known of a directory until somebody looks into it. */
interface Unseen {
  readonly parts: DirectoryPart[];
  readonly directories: Set<string>;
}

/** What one archive has in a directory. */
interface DirectoryPart {
  readonly archive: number;
  /** Of its listing. */
  readonly lines: string;
  /** Under which name a file is there. */
  readonly nameOf: (name: string) => string;
}

/**
 * Wheels in Emscripten's file system. A directory is filled when somebody looks into it, a file read when somebody
 * reads it: what nobody uses costs next to nothing.
 */
export class Archives {
  /** By path; the root directory's is empty. */
  readonly #unseen = new Map<string, Unseen>();
  readonly #kept = new Map<FileNode, Uint8Array>();
  readonly #reader: ArchiveReader;
  /** Of directories in Emscripten's own file system, and of those that nobody has looked into. */
  readonly #operations: { readonly stock: NodeOperations; readonly unseen: NodeOperations };
  #keptBytes = 0;

  constructor(
    private readonly module: PyodideModule,
    kernel: Kernel,
  ) {
    this.#reader = new ArchiveReader(kernel);
    const stock = nodeAt(module.FS, "/lib")?.node_ops;
    if (stock === undefined) throw new Error("the cell has no /lib");
    const lookup: NodeOperations["lookup"] = (parent, name) => childOf(parent, name) ?? stock.lookup(parent, name);
    this.#operations = { stock, unseen: { ...stock, lookup } };
  }

  mount(grants: readonly ArchiveGrant[]): void {
    for (const { archive, kind, bytecode } of grants) {
      this.#note(archive, (path) => placeOf(kind, path));
      if (bytecode === null) continue;
      this.#reader.readAhead(bytecode);
      this.#note(bytecode, (path) => cachedPath(placeOf(kind, path)));
    }
    if (grants.length > 0) this.#fillSeen("");
  }

  /** `placeOf` says where a file of the archive belongs; null for nowhere. */
  #note(archive: number, placeOf: (path: string) => string | null): void {
    for (const [directory, lines] of splitListing(this.#reader.list(archive))) {
      // All files of a directory belong in one.
      const example = placeOf(`${directory}${EXAMPLE}`);
      if (example === null) continue;
      const slash = example.lastIndexOf("/");
      const ending = example.slice(slash + 1 + EXAMPLE_STEM.length);
      const nameOf = ending === ".py" ? (name: string) => name : (name: string) => name.replace(/\.py$/, ending);
      this.#unseenAt(example.slice(0, slash)).parts.push({ archive, lines, nameOf });
    }
  }

  #unseenAt(path: string): Unseen {
    let unseen = this.#unseen.get(path);
    if (unseen !== undefined) return unseen;
    unseen = { parts: [], directories: new Set() };
    this.#unseen.set(path, unseen);
    if (path === "") return unseen;
    const slash = path.lastIndexOf("/");
    this.#unseenAt(path.slice(0, slash)).directories.add(path.slice(slash + 1));
    return unseen;
  }

  /** Directories that were there before, or have been looked into, get what is new in them at once. */
  #fillSeen(path: string): void {
    const { FS } = this.module;
    const node = nodeAt(FS, path === "" ? "/" : path);
    if (node === null || !FS.isDir(node.mode) || node.node_ops === this.#operations.unseen) return;
    const below = this.#unseen.get(path)?.directories ?? [];
    this.#fill(node, path);
    for (const name of below) this.#fillSeen(`${path}/${name}`);
  }

  #fill(directory: FileNode, path: string): void {
    const unseen = this.#unseen.get(path);
    if (unseen === undefined) return;
    this.#unseen.delete(path);
    for (const name of unseen.directories) {
      if (childOf(directory, name) === undefined) this.#makeDirectory(directory, name, `${path}/${name}`);
    }
    for (const { archive, lines, nameOf } of unseen.parts) {
      for (const entry of parseFiles(lines)) this.#makeFile(directory, nameOf(entry.name), { archive, entry });
    }
  }

  /** `path` is where it was made, whatever it is renamed to. */
  #makeDirectory(parent: FileNode, name: string, path: string): void {
    const node = this.#operations.stock.mknod(parent, name, DIRECTORY, 0);
    const { contents } = node;
    node.node_ops = this.#operations.unseen;
    Object.defineProperty(node, "contents", {
      configurable: true,
      get: () => {
        // First, since what it is filled with goes there.
        Object.defineProperty(node, "contents", { configurable: true, writable: true, value: contents });
        node.node_ops = this.#operations.stock;
        this.#fill(node, path);
        return contents;
      },
    });
  }

  #makeFile(directory: FileNode, name: string, file: ArchivedFile): void {
    const present = childOf(directory, name);
    // What two wheels have, such as a namespace's __init__.py, is the later one's; a directory is never replaced.
    if (present !== undefined) {
      if (this.module.FS.isDir(present.mode)) return;
      this.module.FS.hashRemoveNode(present);
    }
    const node = this.#operations.stock.mknod(directory, name, READ_ONLY_FILE, 0);
    node.usedBytes = file.entry.bytes;
    node.atime = node.mtime = node.ctime = TIME_OF_FILES;
    Object.defineProperty(node, "contents", {
      configurable: true,
      get: () => this.#contents(node, file),
      set: (value: Uint8Array) => this.#own(node, value),
    });
  }

  #contents(node: FileNode, file: ArchivedFile): Uint8Array {
    const kept = this.#kept.get(node);
    if (kept !== undefined) return kept;
    const bytes = this.#reader.read(file);
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
}

/** A module that every directory could have. */
const EXAMPLE_STEM = "example";
const EXAMPLE = `${EXAMPLE_STEM}.py`;

/** What a directory has of this name; looks into one that nobody has looked into. */
function childOf(directory: FileNode, name: string): FileNode | undefined {
  const contents = directory.contents as Record<string, FileNode>;
  return Object.hasOwn(contents, name) ? contents[name] : undefined;
}

function nodeAt(FS: EmscriptenFileSystem, path: string): FileNode | null {
  try {
    return FS.lookupPath(path, { follow: true }).node ?? null;
  } catch {
    return null;
  }
}
