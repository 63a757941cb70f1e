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

/** The Python part of what follows. */
export function importMain(module: PyodideModule): PyProxy {
  return module.API.runPythonInternal("import woma_main; woma_main");
}

/** Runs a program to its end, the interpreter's own end included. */
export function runProgram(interpreter: Interpreter, main: PyProxy, { start, source, listen }: Assignment): Outcome {
  const { module } = interpreter;
  try {
    applyFlags(module, main, start.flags);
    const sequel = sequelOf(start);
    const program = main.begin(JSON.stringify(start), source);
    listen();
    const restoreBuiltins = builtinsKeeper(module, main);
    let outcome = runAndReport(interpreter, main, { program, sequel, restoreBuiltins });
    if (sequel === "prompt")
      outcome = runAndReport(interpreter, main, { program: main.prompt_after(), sequel: "end", restoreBuiltins });
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
  /** Called when the program has run. */
  restoreBuiltins(): void;
}

/** Calls the program with no Python frame below it, as CPython's main does. */
function runAndReport(interpreter: Interpreter, main: PyProxy, prepared: Prepared): Outcome {
  const { module } = interpreter;
  const { program, sequel, restoreBuiltins } = prepared;
  if (program === undefined && main.file_to_run === undefined) return { ...EXITED, status: main.last_status };
  let exception = 0;
  if (program !== undefined) {
    exception = exceptionOf(module, module._PyObject_CallNoArgs(module.PyProxy_getPtr(program)));
    restoreBuiltins();
    program.destroy();
  }
  if (exception === 0 && main.file_to_run !== undefined) exception = runFile(module, main, restoreBuiltins);
  return exception === 0 ? EXITED : reportException(interpreter, main, { exception, sequel });
}

/** Adds to the builtins what the program has taken away, as CPython does when it ends. */
function builtinsKeeper(module: PyodideModule, main: PyProxy): () => void {
  const [builtins, copy] = [module.PyProxy_getPtr(main.BUILTINS), module.PyProxy_getPtr(main.BUILTINS_COPY)];
  return () => {
    module._PyDict_Merge(builtins, copy, 0);
  };
}

const FILE_INPUT = 257;

/**
 * Runs the file that Python has chosen, by CPython's own parser of files, which has better words for bytes that
 * are no Python than compile() has. The exception that it raised; 0 for none.
 */
function runFile(module: PyodideModule, main: PyProxy, restoreBuiltins: () => void): number {
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
  const exception = exceptionOf(module, module._PyRun_FileExFlags(file, shownText, FILE_INPUT, globals, globals, 1, 0));
  restoreBuiltins();
  exceptionOf(module, module._PyObject_CallNoArgs(module.PyProxy_getPtr(main.flush_io)));
  for (const word of words) module._free(word);
  namespace.destroy();
  return exception;
}

/** Lets go of a call's result; the exception, when it has none. */
function exceptionOf(module: PyodideModule, result: number): number {
  if (result === 0) return module._PyErr_GetRaisedException();
  module._Py_DecRef(result);
  return 0;
}
