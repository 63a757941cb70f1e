import { accessSync, constants, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, sep } from "node:path";
import { WomaError } from "../errors.ts";
import type { Program } from "../protocol/messages.ts";

/** A program ready to be handed to a cell. */
export interface LoadedProgram {
  readonly program: Program;
  readonly source: Uint8Array;
  /** The directory whose modules it may import; null for none. */
  readonly neighbourDirectory: string | null;
}

/** Reads what is to be run, with CPython's words and exit statuses for what cannot be. */
export function loadProgram(program: Program, workingDirectory: string): LoadedProgram {
  if (program.kind === "module") return { program, source: NO_SOURCE, neighbourDirectory: workingDirectory };
  if (program.kind !== "script") return { program, source: NO_SOURCE, neighbourDirectory: null };
  // As CPython makes `__file__`: absolute, and otherwise as it was given.
  const path = isAbsolute(program.path) ? program.path : appendPath(workingDirectory, program.path);
  if (isDirectory(path)) return loadDirectory(path);
  const source = readScript(path);
  const regular = statSync(path).isFile();
  return {
    program: { kind: "script", path },
    source,
    neighbourDirectory: regular ? dirname(realpathSync.native(path)) : null,
  };
}

function appendPath(directory: string, path: string): string {
  return directory.endsWith(sep) ? directory + path : directory + sep + path;
}

const NO_SOURCE = new Uint8Array(0);

/** `python3 DIR` runs DIR/__main__.py. */
function loadDirectory(directory: string): LoadedProgram {
  const main = join(directory, "__main__.py");
  try {
    accessSync(main, constants.R_OK);
  } catch {
    throw new WomaError(`can't find '__main__' module in '${directory}'`, {
      hint: "name a file, or put a __main__.py into the directory",
    });
  }
  return {
    program: { kind: "directory", path: directory },
    source: NO_SOURCE,
    neighbourDirectory: realpathSync.native(directory),
  };
}

function readScript(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "EIO";
    const [reason, hint] = READ_FAILURES[code] ?? [code, "check the path"];
    throw new WomaError(`can't open file '${path}': ${reason}`, { hint, exitStatus: 2, cause });
  }
}

const READ_FAILURES: Record<string, readonly [string, string]> = {
  ENOENT: ["[Errno 2] No such file or directory", "check the spelling; to run code given as text, use -c"],
  ENOTDIR: ["[Errno 20] Not a directory", "a part of the path is a file"],
  EACCES: ["[Errno 13] Permission denied", "check its permissions with ls -l"],
  EISDIR: ["[Errno 21] Is a directory", "name a file in it"],
  ELOOP: ["[Errno 40] Too many levels of symbolic links", "the links lead round in a circle"],
  ENAMETOOLONG: ["[Errno 36] File name too long", "to run code given as text, use -c"],
};

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
