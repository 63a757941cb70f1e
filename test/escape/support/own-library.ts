import { address, assembleSideModule, call, EXTERNREF, I32, offsetsOf, parameter } from "../../support/side-module.ts";

/**
 * A C library by which a program reaches JavaScript, though woma refuses that to Python and to ctypes: it calls what
 * CPython itself calls of Pyodide. Its `run(text)` is `Object.fromEntries.constructor(text).call()` as a Python object.
 */
export function ownLibrary(): Uint8Array {
  const strings = ["constructor", "call"];
  const [nameOfConstructor = 0, nameOfCall = 0] = offsetsOf(strings);
  const [anyFunction, string, method, methodOfOne, asPython] = [call(0), call(1), call(2), call(3), call(4)];
  return assembleSideModule({
    types: [
      { parameters: [], results: [EXTERNREF] },
      { parameters: [I32], results: [EXTERNREF] },
      { parameters: [EXTERNREF, EXTERNREF], results: [EXTERNREF] },
      { parameters: [EXTERNREF, EXTERNREF, EXTERNREF], results: [EXTERNREF] },
      { parameters: [EXTERNREF], results: [I32] },
      { parameters: [I32], results: [I32] },
    ],
    imports: {
      my_dict_converter: 0,
      JsvUTF8ToString: 1,
      JsvObject_CallMethod_NoArgs: 2,
      JsvObject_CallMethod_OneArg: 3,
      js2python: 4,
    },
    functions: {
      run: {
        type: 5,
        code: [
          anyFunction,
          ...[address(nameOfConstructor), string],
          ...[parameter(0), string],
          methodOfOne,
          ...[address(nameOfCall), string],
          method,
          asPython,
        ],
      },
    },
    strings,
  });
}
