/** Of a program's connections. */
export interface NetworkLimits {
  /** Open at a time. */
  readonly maximumConnections: number;
  /** Sent and received in all; null for no limit. */
  readonly maximumTransferredBytes: number | null;
  /** Sent and received together; null for no limit. */
  readonly maximumBytesPerSecond: number | null;
}

export const DEFAULT_CONNECTIONS = 256;
