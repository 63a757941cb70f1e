import type { Start } from "../protocol/messages.ts";
import type { Interpreter } from "./boot.ts";
import type { PyodideModule, PyProxy } from "./emscripten.ts";
import { applyFlags } from "./flags.ts";
import { GuestExit } from "./kernel/system-calls.ts";

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
    const promptFollows = start.flags.inspect && start.program.kind !== "prompt";
    const program = main.begin(JSON.stringify(start), source);
    let outcome = runAndReport(interpreter, main, { program, promptFollows });
    if (promptFollows)
      outcome = runAndReport(interpreter, main, { program: main.prompt_after(), promptFollows: false });
    return finish(module, main, outcome);
  } catch (error) {
    return outcomeOfExit(error);
  }
}

const EXITED: Outcome = { status: 0, signal: 0, again: false };
const FAILED: Outcome = { ...EXITED, status: 1 };

/** A program that Python has prepared: a callable, unless it is a file or could not begin. */
interface Prepared {
  readonly program: PyProxy | undefined;
  /** Then sys.exit is an exception like any other. */
  readonly promptFollows: boolean;
}

/** Calls the program with no Python frame below it, as CPython's main does. */
function runAndReport(interpreter: Interpreter, main: PyProxy, { program, promptFollows }: Prepared): Outcome {
  const { module } = interpreter;
  const file = main.file_to_run;
  if (program === undefined && file === undefined) return { ...EXITED, status: main.last_status };
  const result =
    program === undefined ? runFile(module, file) : module._PyObject_CallNoArgs(module.PyProxy_getPtr(program));
  main.file_to_run = undefined;
  if (result !== 0) {
    module._Py_DecRef(result);
    return EXITED;
  }
  return reportException(interpreter, main, promptFollows);
}

const FILE_INPUT = 257;

/** CPython's own parser of files has better words for bytes that are no Python than compile() has. */
function runFile(module: PyodideModule, file: PyProxy): number {
  const [path, shownAs] = [file.get(0), file.get(1)].map((text: string) => module.stringToNewUTF8(text));
  const mode = module.stringToNewUTF8("r");
  const namespace = file.get(2);
  const globals = module.PyProxy_getPtr(namespace);
  const opened = module._fopen(path ?? 0, mode);
  if (opened === 0) throw new Error(`the cell has no file ${file.get(0)}`);
  const result = module._PyRun_FileExFlags(opened, shownAs ?? 0, FILE_INPUT, globals, globals, 1, 0);
  for (const text of [path, shownAs, mode]) module._free(text ?? 0);
  namespace.destroy();
  file.destroy();
  return result;
}

/** Shows the exception that ended the program, and gives CPython's exit status for it. */
function reportException({ module, memory }: Interpreter, main: PyProxy, promptFollows: boolean): Outcome {
  // After a MemoryError there would be none left to say so.
  memory.grantHeadroom();
  const exception = module._PyErr_GetRaisedException();
  if (promptFollows) {
    callWithObject(module, main.report, exception);
    return FAILED;
  }
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
  if (outcome.signal === 0 && main.flush_output()) outcome = { ...EXITED, signal: SIGPIPE };
  // A reader that has gone away ends a program at once, as the signal would.
  if (outcome.again || outcome.signal === SIGPIPE) return outcome;
  runExitFunctions(module, main);
  const flushed = main.finish();
  return flushed || outcome.signal !== 0 ? outcome : { ...outcome, status: FLUSH_FAILED };
}

function runExitFunctions(module: PyodideModule, main: PyProxy): void {
  const result = module._PyObject_CallNoArgs(module.PyProxy_getPtr(main.run_exit_functions));
  if (result === 0) module._PyErr_Print();
  else module._Py_DecRef(result);
}

/** The interpreter cannot go on: its memory may be in any state. */
export class InterpreterDeath extends Error {
  constructor(cause: unknown) {
    super(
      cause instanceof RangeError
        ? "the program recursed deeper than the interpreter's stack (RangeError)"
        : `the interpreter stopped on an error of its own: ${String(cause)}`,
      { cause },
    );
  }
}

/** C's exit() and abort() arrive as JavaScript exceptions; anything else is the interpreter's death. */
function outcomeOfExit(error: unknown): Outcome {
  if (!(error instanceof GuestExit)) throw new InterpreterDeath(error);
  if (error.by === "abort") return { ...EXITED, signal: SIGABRT };
  // libc's raise() ends a program so when the signal's default action is to end it.
  if (error.by === "exit" && error.status > 128 && error.status < 128 + 65)
    return { ...EXITED, signal: error.status - 128 };
  return { ...EXITED, status: error.status & 0xff };
}
