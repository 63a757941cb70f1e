import type { Start } from "../protocol/messages.ts";
import type { Interpreter } from "./boot.ts";
import type { PyodideModule, PyProxy } from "./emscripten.ts";
import { applyFlags } from "./flags.ts";

/** How a program ended, as the broker is told. */
export interface Outcome {
  readonly status: number;
  /** The signal that it died of; 0 for none. */
  readonly signal: number;
  /** It was a prompt asked for one entry, and has run it. */
  readonly again: boolean;
}

const SIGINT = 2;
const SIGABRT = 6;
const SIGPIPE = 13;
/** CPython's own status when the last flush of its streams failed. */
const FLUSH_FAILED = 120;

/** Runs a program to its end, the interpreter's own end included. */
export function runProgram(interpreter: Interpreter, start: Start, source: Uint8Array): Outcome {
  const { module } = interpreter;
  try {
    applyFlags(module, start.flags);
    const main = module.API.runPythonInternal("import woma_main; woma_main");
    let outcome = runAndReport(module, main, main.begin(JSON.stringify(start), source));
    if (start.flags.inspect && start.program.kind !== "prompt") {
      outcome = runAndReport(module, main, main.prompt_after(start.flags.quiet));
    }
    return finish(module, main, outcome);
  } catch (error) {
    return outcomeOfExit(error);
  }
}

const EXITED: Outcome = { status: 0, signal: 0, again: false };
const FAILED: Outcome = { ...EXITED, status: 1 };

/** Calls the program with no Python frame below it, as CPython's main does. */
function runAndReport(module: PyodideModule, main: PyProxy, program: PyProxy | undefined): Outcome {
  if (program === undefined) return { ...EXITED, status: main.last_status };
  const result = module._PyObject_CallNoArgs(module.PyProxy_getPtr(program));
  program.destroy();
  if (result !== 0) {
    module._Py_DecRef(result);
    return EXITED;
  }
  return reportException(module, main);
}

/** Shows the exception that ended the program, and gives CPython's exit status for it. */
function reportException(module: PyodideModule, main: PyProxy): Outcome {
  const exception = module._PyErr_GetRaisedException();
  const verdict = callWithObject(module, main.verdict, exception);
  switch (verdict) {
    case VERDICT.entryDone:
      return { ...EXITED, again: true };
    case VERDICT.brokenOutput:
      return { ...EXITED, signal: SIGPIPE };
    case VERDICT.interrupt:
      printException(module, exception);
      return { ...EXITED, signal: SIGINT };
    case VERDICT.error:
      printException(module, exception);
      return FAILED;
    default:
      return { ...EXITED, status: verdict };
  }
}

/** What woma_main.verdict says of an exception; an exit status otherwise. */
const VERDICT = { error: -1, interrupt: -2, brokenOutput: -3, entryDone: -4 } as const;

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

function finish(module: PyodideModule, main: PyProxy, outcome: Outcome): Outcome {
  if (main.flush_output() && outcome.signal === 0) outcome = { ...EXITED, signal: SIGPIPE };
  if (outcome.again) return outcome;
  const flushed = module._Py_FinalizeEx() === 0;
  return flushed || outcome.signal !== 0 ? outcome : { ...outcome, status: FLUSH_FAILED };
}

/** C's exit() and abort() arrive as JavaScript exceptions; anything else is the interpreter's death. */
function outcomeOfExit(error: unknown): Outcome {
  const exit = error as { name?: string; status?: number; message?: string };
  if (exit.name === "ExitStatus" && typeof exit.status === "number") return { ...EXITED, status: exit.status & 0xff };
  if (error instanceof WebAssembly.RuntimeError && /^Aborted\(/.test(error.message)) return { ...EXITED, signal: SIGABRT };
  throw error;
}

