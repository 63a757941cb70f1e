/** How long is waited for servers, and how often they are asked again. */
export interface Patience {
  /** To reach a server at all; then it is left out for a while. */
  readonly connectMs: number;
  readonly leftOutMs: number;
  /** Without a byte, once it is reached. */
  readonly stallMs: number;
  /** In so long at least so many bytes have to come. */
  readonly slowMs: number;
  readonly slowBytes: number;
  /** Attempts at one server that come to nothing, one after another. */
  readonly attempts: number;
  /** The same, where the last one ended because nothing came. */
  readonly stalledAttempts: number;
  /** Before the second attempt; then twice as long each time, unless the server says how long. */
  readonly firstPauseMs: number;
  /** A server that wants more is left for the next one. */
  readonly longestPauseMs: number;
}

export const USUAL_PATIENCE: Patience = {
  connectMs: 5_000,
  leftOutMs: 60_000,
  stallMs: 15_000,
  slowMs: 30_000,
  slowBytes: 30_000,
  attempts: 4,
  stalledAttempts: 3,
  firstPauseMs: 500,
  longestPauseMs: 60_000,
};
