"""The program of a cell that compiles wheels' modules for others to load. It runs nothing of what it compiles."""

import os
import sys
from importlib._bootstrap_external import _code_to_timestamp_pyc

import woma_kernel


def main() -> None:
    # What is mounted here is anybody's: from now on nothing is imported.
    sys.meta_path.clear()
    sys.path.clear()
    while not (task := woma_kernel.request("compile-next")[0]).get("done", True):
        woma_kernel.request("compiled", compiled(task["path"]), archive=task["archive"], entry=task["entry"])


def compiled(path: str) -> bytes:
    """A .pyc file; nothing for what is no Python."""
    try:
        with open(path, "rb") as file:
            source = file.read()
            status = os.fstat(file.fileno())
        code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    except OSError, SyntaxError, ValueError, RecursionError, MemoryError:
        return b""
    # The same for all who mount this wheel; a program that changes the source changes these as well.
    return bytes(_code_to_timestamp_pyc(code, int(status.st_mtime), status.st_size))
