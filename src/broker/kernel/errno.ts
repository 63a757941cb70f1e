import { constants } from "node:os";
import { ERRNO_NAMES, type ErrnoName } from "../../protocol/messages.ts";

/** A request that fails, as it is answered. */
export class KernelError extends Error {
  constructor(
    readonly errno: ErrnoName,
    /** Which limit or grant it was, for the error's message. */
    readonly reason?: string,
  ) {
    super(errno);
  }
}

/** The name to send a cell for a host error; EIO when the protocol has no word for it. */
export function errnoNameOf(error: unknown): ErrnoName {
  if (error instanceof KernelError) return error.errno;
  return toErrnoName((error as NodeJS.ErrnoException).code);
}

/** As `errnoNameOf`, for a system call's number. */
export function errnoNameOfNumber(number: number): ErrnoName {
  return toErrnoName(NAMES_BY_NUMBER.get(number));
}

function toErrnoName(code: string | undefined): ErrnoName {
  // It is the broker that has no descriptors left, not the program.
  if (code === "EMFILE") return "ENFILE";
  return KNOWN.has(code) ? (code as ErrnoName) : "EIO";
}

const KNOWN: ReadonlySet<string | undefined> = new Set(ERRNO_NAMES);
const NAMES_BY_NUMBER = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));
