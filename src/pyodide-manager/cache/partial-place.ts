import { closeSync, constants, fstatSync, lstatSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { FolderFault, inFolder } from "./folder.ts";

/** Where a download on its way lies in the cache. No link is followed there, and nothing else taken for a download. */
export class PartialPlace {
  readonly name: string;

  constructor(
    private readonly cacheDirectory: string,
    sha256: string,
    /** What is larger is no part of it. */
    private readonly maximumBytes: number,
  ) {
    this.name = `${sha256}.part`;
  }

  /** For reading and writing; made where there is none. Throws FolderFault or a system error. */
  open(): number {
    return this.#within((path) => {
      const fd = openSync(path, FLAGS, 0o644);
      if (this.#canBeDownload(fd)) return fd;
      closeSync(fd);
      rmSync(path, { force: true });
      const made = openSync(path, FLAGS, 0o644);
      if (this.#canBeDownload(made)) return made;
      closeSync(made);
      throw new FolderFault(`something is in the way of its partial-v1/${this.name}`);
    });
  }

  /** Whoever finishes or removes a download takes its name away. */
  has(fd: number): boolean {
    return this.#within((path) => fstatSync(fd).ino === lstatSync(path, { throwIfNoEntry: false })?.ino);
  }

  remove(): void {
    try {
      this.#within((path) => rmSync(path, { force: true }));
    } catch {
      // Another user's by now.
    }
  }

  /** A file with another name elsewhere is not to be written to. */
  #canBeDownload(fd: number): boolean {
    const status = fstatSync(fd);
    return status.isFile() && status.nlink <= 1 && status.size <= this.maximumBytes;
  }

  #within<T>(act: (path: string) => T): T {
    return inFolder(this.cacheDirectory, ["partial-v1"], "writing", ({ path }) => act(join(path, this.name)));
  }
}

/** A pipe that nobody reads is open at once. */
const FLAGS = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
