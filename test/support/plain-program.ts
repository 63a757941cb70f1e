import { BARE_REQUEST, BARE_RESOURCES } from "../../src/broker/bare-program.ts";
import type { Limits, ProgramRequest, ProgramResources } from "../../src/broker/program.ts";

/** A program with no rights, for a session whose cell is not what is looked at. */
export const NOTHING_GRANTED: Omit<ProgramResources, "streams"> = {
  ...BARE_RESOURCES,
  umask: 0o022,
};

export const NO_LIMITS: Limits = {
  timeoutMs: null,
  cpuTimeMs: null,
  memoryLimitBytes: 2 ** 30,
  maximumOutputBytes: null,
  maximumOpenFiles: 1024,
};

export const REQUEST: Omit<ProgramRequest, "limits"> = {
  ...BARE_REQUEST,
  program: { kind: "stdin" },
  argv: ["-"],
  flags: {} as ProgramRequest["flags"],
};
