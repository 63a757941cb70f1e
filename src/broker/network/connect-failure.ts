/** A connection that could not be made: the system's word for it, and perhaps more of it. */
export class ConnectFailure extends Error {
  constructor(
    /** As node has it: ECONNREFUSED, EHOSTUNREACH … */
    readonly code: string,
    readonly reason?: string,
  ) {
    super(reason ?? code);
  }
}
