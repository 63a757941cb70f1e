"""The program of a cell that compiles wheels' modules for others to load. It runs nothing of what it compiles."""

import importlib.util
from importlib._bootstrap_external import _code_to_hash_pyc

import woma_kernel


def main() -> None:
    while not (task := woma_kernel.request("compile-next")[0]).get("done", True):
        woma_kernel.request("compiled", compiled(task["path"]), archive=task["archive"], entry=task["entry"])


def compiled(path: str) -> bytes:
    """A .pyc file that is loaded without a look at its source; nothing for what is no Python."""
    try:
        with open(path, "rb") as file:
            source = file.read()
        code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    except OSError, SyntaxError, ValueError, RecursionError, MemoryError:
        return b""
    return bytes(_code_to_hash_pyc(code, importlib.util.source_hash(source), False))
