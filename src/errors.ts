/** A failure that the user is told of: one line, perhaps a hint what to do, and the exit status. */
export class WomaError extends Error {
  readonly hint: string | undefined;
  readonly exitStatus: number;

  constructor(message: string, options: { hint?: string; exitStatus?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
    this.exitStatus = options.exitStatus ?? 1;
  }
}

/** The command line cannot be understood: exit status 2, as CPython's. */
export class UsageError extends WomaError {
  constructor(message: string, hint = "try `woma --help`") {
    super(message, { hint, exitStatus: 2 });
  }
}

/** `error: …`, and below a blank line `hint: …`; no final period. */
export function formatError(error: WomaError): string {
  return error.hint === undefined ? `error: ${error.message}\n` : `error: ${error.message}\n\nhint: ${error.hint}\n`;
}
