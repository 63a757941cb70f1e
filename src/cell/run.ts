import type { Start } from "../protocol/messages.ts";
import type { Interpreter } from "./boot.ts";
import type { PyodideModule, PyProxy } from "./emscripten.ts";
import { applyFlags } from "./flags.ts";
import { EXITED, finish, type Outcome, outcomeOfExit, reportException, type Sequel } from "./outcome.ts";

/** What a cell has been given to run. */
interface Assignment {
  readonly start: Start;
  /** The script's text. */
  readonly source: Uint8Array;
  /** Lets signals in. Until then only the program's preparation could be interrupted, which nobody sees. */
  listen(): void;
}

/** Runs a program to its end, the interpreter's own end included. */
export function runProgram(interpreter: Interpreter, { start, source, listen }: Assignment): Outcome {
  const { module } = interpreter;
  try {
    applyFlags(module, start.flags);
    const main = module.API.runPythonInternal("import woma_main; woma_main");
    const sequel = sequelOf(start);
    const program = main.begin(JSON.stringify(start), source);
    listen();
    let outcome = runAndReport(interpreter, main, { program, sequel });
    if (sequel === "prompt") outcome = runAndReport(interpreter, main, { program: main.prompt_after(), sequel: "end" });
    return finish(module, main, outcome);
  } catch (error) {
    return outcomeOfExit(error);
  }
}

function sequelOf({ program, flags }: Start): Sequel {
  if (program.kind === "prompt") return program.once ? "next entry" : "end";
  return flags.inspect ? "prompt" : "end";
}

/** A program that Python has prepared: a callable, unless it is a file or could not begin. */
interface Prepared {
  readonly program: PyProxy | undefined;
  readonly sequel: Sequel;
}

/** Calls the program with no Python frame below it, as CPython's main does. */
function runAndReport(interpreter: Interpreter, main: PyProxy, { program, sequel }: Prepared): Outcome {
  const { module } = interpreter;
  if (program === undefined && main.file_to_run === undefined) return { ...EXITED, status: main.last_status };
  const called =
    program === undefined || succeeded(module, module._PyObject_CallNoArgs(module.PyProxy_getPtr(program)));
  program?.destroy();
  const ran = called && (main.file_to_run === undefined || runFile(module, main));
  return ran ? EXITED : reportException(interpreter, main, sequel);
}

const FILE_INPUT = 257;

/**
 * Runs the file that Python has chosen, by CPython's own parser of files, which has better words for bytes that
 * are no Python than compile() has. False when it raised.
 */
function runFile(module: PyodideModule, main: PyProxy): boolean {
  const chosen = main.file_to_run;
  const [path, shownAs, namespace, isTemporary] = chosen;
  // What the host holds on to would not be finalized at the end.
  chosen.destroy();
  main.file_to_run = undefined;
  const words = [path, shownAs, "r"].map((text: string) => module.stringToNewUTF8(text));
  const [pathText = 0, shownText = 0, modeText = 0] = words;
  const globals = module.PyProxy_getPtr(namespace);
  const file = module._fopen(pathText, modeText);
  if (file === 0) throw new Error(`the cell has no file ${path}`);
  if (isTemporary) module.FS.unlink(path);
  const result = module._PyRun_FileExFlags(file, shownText, FILE_INPUT, globals, globals, 1, 0);
  const exception = result === 0 ? module._PyErr_GetRaisedException() : 0;
  succeeded(module, module._PyObject_CallNoArgs(module.PyProxy_getPtr(main.flush_io)));
  if (exception !== 0) module._PyErr_SetRaisedException(exception);
  for (const word of words) module._free(word);
  namespace.destroy();
  return succeeded(module, result);
}

/** Lets go of a call's result; false when there is none, but an exception. */
function succeeded(module: PyodideModule, result: number): boolean {
  if (result !== 0) module._Py_DecRef(result);
  return result !== 0;
}
