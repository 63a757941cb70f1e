import type { InterpreterFlags } from "./messages.ts";

/** python3 without an option. */
export const PLAIN_FLAGS: InterpreterFlags = {
  inspect: false,
  quiet: false,
  unbuffered: false,
  dontWriteBytecode: false,
  ignoreEnvironment: false,
  isolated: false,
  safePath: false,
  noUserSite: false,
  noSite: false,
  skipFirstLine: false,
  optimize: 0,
  verbose: 0,
  bytesWarning: 0,
  warnOptions: [],
  xOptions: [],
};
