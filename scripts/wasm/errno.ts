import { ERRNO_TABLE_LENGTH, ERRNO_TABLE_POINTER, MESSAGE_COUNT, MESSAGE_TABLE_POINTER } from "../../src/cell/errno.ts";
import { type Bytes, concat, occurrences, replaceBytes, signed, unsigned } from "./binary.ts";
import {
  bodyOf,
  codeSection,
  exportedFunction,
  functionSection,
  readModule,
  SECTION,
  splitLocals,
  type WasmModule,
  writeModule,
} from "./module.ts";

/**
 * Emscripten's libc numbers errors as WASI does (ENOENT is 44). This patch makes every OSError that CPython
 * builds carry Linux's number and glibc's message, and leaves `errno` itself alone, so that C code goes on
 * comparing it with the numbers it was compiled with. The tables are the host's to install
 * (`installErrnoTables`); until then Python sees the old numbers.
 */
export function patchErrno(wasm: Uint8Array): Uint8Array {
  const module = readModule(wasm);
  const call = (name: string) => [CALL, ...unsigned(exportedFunction(module, name))];
  const bodies = [...module.bodies];
  const functionTypes = [...module.functionTypes];
  const add = (like: string, body: Bytes): Bytes => {
    functionTypes.push(module.functionTypes[exportedFunction(module, like) - module.imports.functions] ?? -1);
    return [CALL, ...unsigned(module.imports.functions + bodies.push(concat([body])) - 1)];
  };
  const rewrite = (index: number, change: (body: Uint8Array) => Uint8Array) => {
    bodies[index - module.imports.functions] = change(bodyOf(module, index));
  };

  const linuxMessage = add("strerror", messageBody(call("strerror")));
  const linuxBlockingError = add("PyObject_CallFunction", blockingErrorBody(call("PyObject_CallFunction")));

  // Every other PyErr_SetFromErrno… calls this one.
  rewrite(exportedFunction(module, "PyErr_SetFromErrnoWithFilenameObjects"), (body) =>
    translateErrno(module, replaceBytes(body, call("strerror"), linuxMessage)),
  );
  // os.strerror(number)
  rewrite(
    theFunctionWith(module, ["strerror", "PyLong_AsInt", "PyErr_SetString", "PyUnicode_DecodeLocale"].map(call)),
    (body) => replaceBytes(body, call("strerror"), linuxMessage),
  );
  // _PyIO_trap_eintr compares the number in a Python exception with EINTR.
  rewrite(
    theFunctionWith(
      module,
      ["PyErr_ExceptionMatches", "PyErr_GetRaisedException", "PyLong_AsLongAndOverflow"].map(call),
    ),
    (body) => replaceBytes(body, [I32_CONST, WASI_EINTR, I32_NE], [I32_CONST, LINUX_EINTR, I32_NE]),
  );
  // _io's buffered writer passes errno to BlockingIOError by itself, in one function and, inlined, in another.
  const blocking = functionsWith(module, [
    call("PyObject_CallFunction"),
    call("PyErr_SetObject"),
    errnoAddress(module),
  ]);
  if (blocking.length !== 2)
    throw new Error(`expected 2 functions that raise BlockingIOError, found ${blocking.length}`);
  for (const index of blocking) {
    rewrite(index, (body) => {
      const calls = occurrences(body, call("PyObject_CallFunction")).length;
      return replaceBytes(body, call("PyObject_CallFunction"), linuxBlockingError, calls);
    });
  }
  return writeModule(
    module,
    new Map([
      [SECTION.function, functionSection(functionTypes)],
      [SECTION.code, codeSection(bodies)],
    ]),
  );
}

/** `strerror(n)` with n a Linux number: the host's table first, libc's own messages for lack of one. */
function messageBody(strerror: Bytes): Uint8Array {
  const n = [LOCAL_GET, 0];
  return concat([
    NO_LOCALS,
    load(MESSAGE_TABLE_POINTER),
    [IF, EMPTY],
    [...n, I32_CONST, ...signed(MESSAGE_COUNT), I32_LT_U, IF, EMPTY],
    load(MESSAGE_TABLE_POINTER),
    [...n, I32_CONST, 2, I32_SHL, I32_ADD, I32_LOAD, 2, 0, RETURN],
    [END, END],
    n,
    strerror,
    [END],
  ]);
}

/** `PyObject_CallFunction(type, "isn", errno, …)`: the arguments lie in memory, errno first. */
function blockingErrorBody(callFunction: Bytes): Uint8Array {
  const argumentsPointer = [LOCAL_GET, 2];
  return concat([
    NO_LOCALS,
    load(ERRNO_TABLE_POINTER),
    [IF, EMPTY, ...argumentsPointer],
    load(ERRNO_TABLE_POINTER),
    [...argumentsPointer, I32_LOAD, 2, 0, I32_ADD, I32_LOAD8_U, 0, 0],
    [I32_STORE, 2, 0, END],
    [LOCAL_GET, 0, LOCAL_GET, 1, ...argumentsPointer],
    callFunction,
    [END],
  ]);
}

/**
 * Runs a function's body with errno translated, and puts errno back after it. A pending signal is handled
 * here, since the body would no longer know EINTR; its own check is disabled, for Linux's EFBIG is 27 too.
 */
function translateErrno(module: WasmModule, body: Uint8Array): Uint8Array {
  const { declarations, count, code } = splitLocals(body);
  const parameters = 3;
  const saved = unsigned(parameters + count);
  const errno = errnoAddress(module);
  const checkSignals = [CALL, ...unsigned(exportedFunction(module, "PyErr_CheckSignals"))];
  return concat([
    unsigned(declarations.length + 1),
    ...declarations,
    [1, I32],
    [...errno, I32_LOAD, 2, 0, LOCAL_SET, ...saved],
    [LOCAL_GET, ...saved, I32_CONST, WASI_EINTR, I32_EQ, IF, EMPTY],
    [...checkSignals, IF, EMPTY, I32_CONST, 0, RETURN, END, END],
    load(ERRNO_TABLE_POINTER),
    [IF, EMPTY, LOCAL_GET, ...saved, I32_CONST, ...signed(ERRNO_TABLE_LENGTH), I32_LT_U, IF, EMPTY],
    errno,
    load(ERRNO_TABLE_POINTER),
    [LOCAL_GET, ...saved, I32_ADD, I32_LOAD8_U, 0, 0, I32_STORE, 2, 0, END, END],
    [BLOCK, I32],
    replaceBytes(code, [I32_CONST, WASI_EINTR, I32_EQ], [I32_CONST, ...signed(-1), I32_EQ]),
    [...errno, LOCAL_GET, ...saved, I32_STORE, 2, 0],
    [END],
  ]);
}

/** `i32.const <address of errno>`: all that `__errno_location` does, and inlined everywhere else. */
function errnoAddress(module: WasmModule): Uint8Array {
  const body = bodyOf(module, exportedFunction(module, "__errno_location"));
  if (body[0] !== 0 || body[1] !== I32_CONST || body.at(-1) !== END)
    throw new Error("__errno_location is not a constant");
  return body.subarray(1, -1);
}

function theFunctionWith(module: WasmModule, patterns: readonly Bytes[]): number {
  const found = functionsWith(module, patterns);
  const [index] = found;
  if (index === undefined || found.length > 1)
    throw new Error(`expected one function with these calls, found ${found.length}`);
  return index;
}

function functionsWith(module: WasmModule, patterns: readonly Bytes[]): number[] {
  return module.bodies.flatMap((body, i) =>
    patterns.every((pattern) => occurrences(body, pattern).length > 0) ? [module.imports.functions + i] : [],
  );
}

function load(address: number): number[] {
  return [I32_CONST, ...signed(address), I32_LOAD, 2, 0];
}

const WASI_EINTR = 27;
const LINUX_EINTR = 4;

const NO_LOCALS = [0];
const EMPTY = 0x40;
const I32 = 0x7f;
const BLOCK = 0x02;
const IF = 0x04;
const END = 0x0b;
const RETURN = 0x0f;
const CALL = 0x10;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const I32_LOAD = 0x28;
const I32_LOAD8_U = 0x2d;
const I32_STORE = 0x36;
const I32_CONST = 0x41;
const I32_EQ = 0x46;
const I32_NE = 0x47;
const I32_LT_U = 0x49;
const I32_ADD = 0x6a;
const I32_SHL = 0x74;
