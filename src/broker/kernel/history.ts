import {
  appendFileSync,
  chmodSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

const MAXIMUM_ENTRIES = 10_000;
const MAXIMUM_ENTRY_BYTES = 64 * 1024;

/**
 * The prompt's history, kept by the broker: entries are appended as they are made, each one write, so that
 * two prompts on one file interleave and never overwrite. A history that cannot be kept is done without.
 */
export class History {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Entries in UTF-8, oldest first, one a line; a line break inside an entry is `\r\n`, as _pyrepl writes it. */
  load(): Uint8Array {
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch {
      return new Uint8Array(0);
    }
    const entries = splitEntries(text);
    if (entries.length > MAXIMUM_ENTRIES * 1.2) this.#shorten(entries);
    return new TextEncoder().encode(entries.slice(-MAXIMUM_ENTRIES).join(""));
  }

  append(entry: Uint8Array): void {
    if (entry.length === 0 || entry.length > MAXIMUM_ENTRY_BYTES) return;
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      // A full disk or a crash may have cut the last entry off.
      const gap = endsInNewline(this.#path) ? [] : [NEWLINE];
      appendFileSync(this.#path, Buffer.concat([Buffer.from(gap), entry]), { mode: 0o600 });
    } catch {
      // A read-only home or a full disk must not disturb the prompt.
    }
  }

  #shorten(entries: readonly string[]): void {
    const part = `${this.#path}.${process.pid}`;
    try {
      writeFileSync(part, entries.slice(-MAXIMUM_ENTRIES).join(""), { mode: 0o600 });
      chmodSync(part, 0o600);
      renameSync(part, this.#path);
    } catch {
      // As above: the long history stays.
    }
  }
}

/** An entry ends at a newline that is not preceded by a carriage return. */
function splitEntries(text: string): string[] {
  return text.split(/(?<=(?<!\r)\n)/).filter((entry) => entry.trim() !== "");
}

const NEWLINE = 10;

/** True of an empty file and of none, too. */
function endsInNewline(path: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return true;
  }
  try {
    const last = new Uint8Array([NEWLINE]);
    const { size } = fstatSync(fd);
    if (size > 0) readSync(fd, last, 0, 1, size - 1);
    return last[0] === NEWLINE;
  } finally {
    closeSync(fd);
  }
}
