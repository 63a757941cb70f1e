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
  const file = main.file_to_run;
  main.file_to_run = undefined;
  if (program === undefined && file === undefined) return { ...EXITED, status: main.last_status };
  const result =
    program === undefined ? runFile(module, file) : module._PyObject_CallNoArgs(module.PyProxy_getPtr(program));
  if (result !== 0) {
    module._Py_DecRef(result);
    return EXITED;
  }
  return reportException(interpreter, main, sequel);
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
