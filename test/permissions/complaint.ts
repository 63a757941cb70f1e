import { expect } from "bun:test";
import { formatError, UsageError } from "../../src/errors.ts";

/** What the user reads when this is refused; what it gives when it is not. */
export function complaint(action: () => unknown): string {
  try {
    return `no error, but ${Bun.inspect(action())}`;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.exitStatus).toBe(2);
    return formatError(error);
  }
}
