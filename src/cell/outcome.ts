import type { Interpreter } from "./boot.ts";
import type { PyodideModule, PyProxy } from "./emscripten.ts";
import { GuestExit } from "./kernel/system-calls.ts";

/** How a program ended, as the broker is told. */
export interface Outcome {
  readonly status: number;
  /** The signal that it died of; 0 for none. */
  readonly signal: number;
  /** It was a prompt asked for one entry, and has run it. */
  readonly again: boolean;
}

/** What comes after the program: its interpreter's end, a prompt on what it left, or another interpreter's entry. */
export type Sequel = "end" | "prompt" | "next entry";

export const EXITED: Outcome = { status: 0, signal: 0, again: false };
const FAILED: Outcome = { ...EXITED, status: 1 };

const SIGINT = 2;
const SIGABRT = 6;
const SIGPIPE = 13;
/** CPython's own status when the last flush of its streams failed. */
const FLUSH_FAILED = 120;

/** What woma_main.verdict says of an exception; an exit status otherwise. */
const VERDICT = { error: -1, interrupt: -2, brokenOutput: -3 } as const;

/** An uncaught exception's address, and what comes after it. */
interface Raised {
  readonly exception: number;
  readonly sequel: Sequel;
}

/** Shows the exception that ended the program, and gives CPython's exit status for it. */
export function reportException(interpreter: Interpreter, main: PyProxy, { exception, sequel }: Raised): Outcome {
  const { module } = interpreter;
  if (sequel === "prompt") {
    // Then sys.exit is an exception like any other.
    callWithObject(module, main.report, exception);
    return FAILED;
  }
  if (sequel === "next entry" && !leavesPrompt(module, main, exception)) return { ...EXITED, again: true };
  const verdict = callWithObject(module, main.verdict, exception);
  switch (verdict) {
    case VERDICT.brokenOutput:
      return { ...EXITED, signal: SIGPIPE };
    case VERDICT.interrupt:
      printException(module, exception);
      return { ...EXITED, signal: SIGINT };
    case VERDICT.error:
      printException(module, exception);
      calm(() => main.hint(interpreter.memory.refused()), undefined);
      return FAILED;
    default:
      // A program that tells of it in its own words.
      if (verdict !== 0) calm(() => main.hint_file(interpreter.umask.lastMissed()), undefined);
      return { ...EXITED, status: verdict };
  }
}

/** An entry's own end is no program's: what it has not written yet is written, and no more is done. */
function finishEntry(main: PyProxy, outcome: Outcome): Outcome {
  calm(() => main.flush_files(), undefined);
  return outcome;
}

/** Ends the interpreter: exit functions, the program's finalizers, its last output. */
export function finish(module: PyodideModule, main: PyProxy, outcome: Outcome): Outcome {
  // A tracer that the program has left on would trace what follows.
  module._PyEval_SetTrace(0, 0);
  module._PyEval_SetProfile(0, 0);
  const readerGone = calm(() => main.flush_output(), false);
  // The next entry's interpreter is another, and this one may be of no use any more.
  if (outcome.again) return finishEntry(main, outcome);
  if (readerGone && outcome.signal === 0) outcome = { ...EXITED, signal: SIGPIPE };
  // A reader that has gone away ends a program at once, as the signal would.
  if (outcome.signal === SIGPIPE) return outcome;
  calm(() => runExitFunctions(module, main), false);
  const flushed = calm(() => main.finish(), true);
  return flushed || outcome.signal !== 0 ? outcome : { ...outcome, status: FLUSH_FAILED };
}

/** Asks an interpreter that the program may have broken; what it says when it cannot answer. */
function calm<T>(ask: () => T, otherwise: T): T {
  try {
    return ask();
  } catch (error) {
    if ((error as { type?: unknown }).type === "KeyboardInterrupt" || error instanceof GuestExit) throw error;
    if (error instanceof RangeError || error instanceof WebAssembly.RuntimeError) throw error;
    return otherwise;
  }
}

/** The interpreter cannot go on: its memory may be in any state. */
export class InterpreterDeath extends Error {
  constructor(cause: unknown) {
    super(
      cause instanceof RangeError && /call stack/i.test(cause.message)
        ? "the program recursed deeper than the interpreter's stack (RangeError)"
        : `the interpreter stopped on an error of its own: ${String(cause)}`,
      { cause },
    );
  }
}

/** C's exit() and abort() arrive as JavaScript exceptions; anything else is the interpreter's death. */
export function outcomeOfExit(error: unknown): Outcome {
  // Ctrl-C while the interpreter was ending.
  if ((error as { type?: unknown }).type === "KeyboardInterrupt") return { ...EXITED, signal: SIGINT };
  if (!(error instanceof GuestExit)) throw new InterpreterDeath(error);
  if (error.by === "abort") return { ...EXITED, signal: SIGABRT };
  // libc's raise() ends a program so when the signal's default action is to end it.
  if (error.by === "exit" && error.status > 128 && error.status < 128 + 65)
    return { ...EXITED, signal: error.status - 128 };
  return { ...EXITED, status: error.status & 0xff };
}

/** Whether an entry of --reset-globals asked to leave. Its interpreter is asked nothing that it could have broken. */
function leavesPrompt(module: PyodideModule, main: PyProxy, exception: number): boolean {
  const is = (type: PyProxy) => module._PyErr_GivenExceptionMatches(exception, module.PyProxy_getPtr(type)) === 1;
  return is(main.SYSTEM_EXIT) && !is(main.ENTRY_DONE);
}

function callWithObject(module: PyodideModule, callable: PyProxy, argument: number): number {
  const result = module._PyObject_CallOneArg(module.PyProxy_getPtr(callable), argument);
  if (result === 0) {
    module._PyErr_Print();
    return VERDICT.error;
  }
  const number = module._PyLong_AsLong(result);
  module._Py_DecRef(result);
  return number;
}

/** PyErr_Print takes the exception, runs sys.excepthook and deals with one that fails. */
function printException(module: PyodideModule, exception: number): void {
  module._PyErr_SetRaisedException(exception);
  module._PyErr_Print();
}

function runExitFunctions(module: PyodideModule, main: PyProxy): boolean {
  for (const step of main.EXIT_STEPS) {
    const result = module._PyObject_CallNoArgs(module.PyProxy_getPtr(step));
    if (result === 0) module._PyErr_Print();
    else module._Py_DecRef(result);
  }
  return true;
}
