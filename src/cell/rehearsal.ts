import type { Start } from "../protocol/messages.ts";
import { PLAIN_FLAGS } from "../protocol/plain-flags.ts";
import type { Interpreter } from "./boot.ts";
import type { PyProxy } from "./emscripten.ts";
import { applyFlags } from "./flags.ts";
import { setTimeZone } from "./time-zone.ts";

/**
 * Goes through the motions of a start, while nobody waits for it: what is done for the first time takes ten times as
 * long. All that it sets is set anew by the real one, and the program that it runs is empty.
 */
export function rehearse({ module, timeZoneSlots }: Interpreter, main: PyProxy): void {
  for (let round = 0; round < ROUNDS; round++) {
    setTimeZone(module, timeZoneSlots, NOTHING.timeZone);
    applyFlags(module, main, NOTHING.flags);
    const program = main.begin(JSON.stringify(NOTHING), new Uint8Array(0));
    module._Py_DecRef(module._PyObject_CallNoArgs(module.PyProxy_getPtr(program)));
    program.destroy();
  }
}

/** After these, more make it no quicker; they take some 30 ms. */
const ROUNDS = 12;

/** A program of no code, with no rights. */
const NOTHING: Start = {
  program: { kind: "command", code: "" },
  argv: [""],
  commandLine: [],
  // So that nothing is put on sys.path.
  flags: { ...PLAIN_FLAGS, safePath: true },
  environment: {},
  workingDirectory: "/",
  homeDirectory: "/",
  timeZone: "UTC",
  streams: ([0, 1, 2] as const).map((fd) => ({ fd, handle: 0, kind: "pipe" })),
  ignoredSignals: [],
  memoryLimitBytes: 0,
  maximumOpenFiles: 0,
  mounts: [],
  umask: 0,
  transport: "sockets",
  archives: [],
  neighbourDirectory: null,
  shadowed: [],
};
