import type { Patience } from "./patience.ts";

/** One source does not have a file, or not now: the next one is asked. `message` is a clause: "answered 404". */
export class SourceFailure extends Error {}

/** The server cannot be reached at all. */
export class UnreachableFailure extends SourceFailure {}

/** It served something else. */
export class OtherBytesFailure extends SourceFailure {
  constructor(
    readonly sha256: string,
    what: string,
  ) {
    super(`served other bytes: ${what}, sha256 ${sha256}`);
  }
}

/** Worth another attempt at the same source, at once or after what it asked for. */
export class PassingFailure extends Error {
  constructor(
    message: string,
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
  }

  /** How many such attempts are made, one after another. */
  attemptsOf(patience: Patience): number {
    return patience.attempts;
  }
}

/** Nothing has come for as long as one waits: not to be done as often. */
export class StallFailure extends PassingFailure {
  override attemptsOf(patience: Patience): number {
    return patience.stalledAttempts;
  }
}
