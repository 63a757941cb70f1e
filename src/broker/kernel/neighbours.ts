import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import type { ModuleReply } from "../../protocol/messages.ts";
import { PRELOADED } from "./preloaded.ts";

/** One run may read this much through imports: enough for any project, too little to copy a disk. */
const MAXIMUM_FILES = 5_000;
const MAXIMUM_BYTES = 256 * 1024 * 1024;

const IDENTIFIER = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;

/**
 * The modules and package data beside a script, which its imports may read and nothing else may. A name is a
 * dotted identifier, a file a regular one below the directory once links are resolved; there is no listing,
 * and what is missing and what is refused look the same.
 */
export class Neighbours {
  readonly #root: string;
  #filesLeft = MAXIMUM_FILES;
  #bytesLeft = MAXIMUM_BYTES;

  constructor(directory: string) {
    this.#root = realpathSync(directory);
  }

  module(name: string): { reply: ModuleReply; bytes: Uint8Array } {
    const parts = name.split(".");
    if (!parts.every((part) => IDENTIFIER.test(part))) return NONE;
    const path = join(this.#root, ...parts);
    for (const [kind, file] of [
      ["package", join(path, "__init__.py")],
      ["module", `${path}.py`],
    ] as const) {
      const bytes = this.#read(file);
      if (bytes !== null) return { reply: { kind, path: file }, bytes };
    }
    return this.#isDirectory(path) ? { reply: { kind: "namespace", path }, bytes: NO_BYTES } : NONE;
  }

  /** The names that an import would find here first; they hide the standard library's. */
  topLevelNames(): string[] {
    let names: string[];
    try {
      names = readdirSync(this.#root);
    } catch {
      return [];
    }
    return names.map((name) => name.replace(/\.py$/, "")).filter((name) => PRELOADED.has(name));
  }

  /** A file below an imported package's directory; null when there is none to be had. */
  resource(packageName: string, path: string): Uint8Array | null {
    const packageParts = packageName.split(".");
    const pathParts = path.split("/");
    if (!packageParts.every((part) => IDENTIFIER.test(part))) return null;
    // No way up, and no hidden file: an .env beside the code is no package data.
    if (pathParts.some((part) => part === "" || part.startsWith(".") || part.includes("\0"))) return null;
    return this.#read(join(this.#root, ...packageParts, ...pathParts));
  }

  #read(path: string): Uint8Array | null {
    if (this.#filesLeft === 0 || !this.#contains(path)) return null;
    let fd: number;
    try {
      fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    } catch {
      return null;
    }
    try {
      const status = fstatSync(fd);
      if (!status.isFile() || status.size > this.#bytesLeft || !this.#isOpenedBelow(fd, path)) return null;
      const bytes = readFileSync(fd);
      this.#filesLeft -= 1;
      this.#bytesLeft -= bytes.length;
      return bytes;
    } catch {
      // A disk that cannot be read.
      return null;
    } finally {
      closeSync(fd);
    }
  }

  /** Links are resolved before the check; a link swapped in after it is caught on the open file. */
  #contains(path: string): boolean {
    try {
      return this.#isBelow(realpathSync(path));
    } catch {
      return false;
    }
  }

  #isOpenedBelow(fd: number, path: string): boolean {
    try {
      const opened = process.platform === "linux" ? realpathSync(`/proc/self/fd/${fd}`) : realpathSync(path);
      return this.#isBelow(opened);
    } catch {
      return false;
    }
  }

  #isBelow(path: string): boolean {
    return path.startsWith(this.#root.endsWith(sep) ? this.#root : this.#root + sep);
  }

  #isDirectory(path: string): boolean {
    try {
      return this.#contains(path) && statSync(path).isDirectory();
    } catch {
      return false;
    }
  }
}

const NO_BYTES = new Uint8Array(0);
const NONE = { reply: { kind: "none" }, bytes: NO_BYTES } as const;
