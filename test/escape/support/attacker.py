"""Runs the parts of an attack in turn, and tells after each what came of it. PARTS and LIBRARY are put before this."""

import ast
import base64
import ctypes
import json
import os

MARK = "\x1e"
PARTS: list
LIBRARY: str


def main() -> None:
    for kind, code in PARTS:
        result = shown(python if kind == "python" else javascript, code)
        os.write(1, (MARK + json.dumps(result) + "\n").encode())


def shown(run, code: str) -> str:
    try:
        return str(run(code))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


def python(code: str) -> object:
    """The value of the last expression."""
    *statements, last = ast.parse(code).body
    names: dict = {"__name__": "attack"}
    exec(compile(ast.Module(statements, []), "attack", "exec"), names)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), "attack", "eval"), names)
    exec(compile(ast.Module([last], []), "attack", "exec"), names)
    return "done"


def javascript(code: str) -> str:
    """From Python to any JavaScript, by the first way that is open."""
    refusals = []
    for way in (by_a_function_constructor, by_the_c_library, by_a_library_of_its_own):
        try:
            return way(code)
        except Exception as error:
            refusals.append(f"{type(error).__name__}: {error}")
    return f"no way to JavaScript: {refusals}"


def by_a_function_constructor(code: str) -> str:
    from pyodide.ffi import to_js

    function = to_js([1]).constructor.constructor
    return function("code", "return (0, eval)(code)")(code)


def by_the_c_library(code: str) -> str:
    run = ctypes.CDLL(None).emscripten_run_script_string
    run.argtypes, run.restype = [ctypes.c_char_p], ctypes.c_char_p
    return run(code.encode()).decode()


def by_a_library_of_its_own(code: str) -> str:
    """own-library.ts: the way that stays open, since C code may call what CPython calls."""
    path = "/tmp/attacker.so"
    with open(path, "wb") as file:
        file.write(base64.b64decode(LIBRARY))
    run = ctypes.PyDLL(path).run
    run.argtypes, run.restype = [ctypes.c_char_p], ctypes.py_object
    return run(f"return (0, eval)({json.dumps(code)})".encode())


main()
