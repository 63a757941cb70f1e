import type { Limits, ProgramRequest, ProgramResources } from "../../src/broker/session.ts";

/** A program with no rights, for a session whose cell is not what is looked at. */
export const NOTHING_GRANTED: Omit<ProgramResources, "streams"> = {
  neighbours: null,
  history: null,
  resolver: null,
  openFiles: () => null,
  umask: 0o022,
  onMissing: () => {},
  openTerminal: () => null,
  notify: () => {},
  hint: () => {},
};

export const NO_LIMITS: Limits = {
  timeoutMs: null,
  cpuTimeMs: null,
  memoryLimitBytes: 2 ** 30,
  maximumOutputBytes: null,
  maximumOpenFiles: 1024,
};

export const REQUEST: Omit<ProgramRequest, "limits"> = {
  program: { kind: "stdin" },
  argv: ["-"],
  commandLine: [],
  flags: {} as ProgramRequest["flags"],
  source: new Uint8Array(0),
  environment: {},
  workingDirectory: "/",
  homeDirectory: "/",
  timeZone: "UTC",
  ignoredSignals: [],
};
