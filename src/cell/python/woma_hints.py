"""Tells the broker what a program has met, so that it can tell the user which flag would help."""

import os
import sys

import woma_kernel
from woma_packages import PackageFinder

LONGEST_PATH = 1024


def hint_missing() -> None:
    """For the last exception that nobody caught."""
    error = getattr(sys, "last_exc", None)
    if isinstance(error, FileNotFoundError) and isinstance(error.filename, str | bytes):
        hint_path(os.fsdecode(error.filename))


def hint_module() -> None:
    """For a module that was not found, by the program or by a library of its."""
    error = getattr(sys, "last_exc", None)
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name:
            name = error.name
            if advice := PackageFinder.failures.get(name):
                print(f"\n{advice}", file=sys.stderr)
            elif name not in PackageFinder.failures and _may_be_a_package(name):
                woma_kernel.request("missing-module", module=name[:LONGEST_PATH])
            return
        error = error.__cause__ or error.__context__


def _may_be_a_package(name: str) -> bool:
    return "." not in name and not name.startswith("_") and name not in sys.stdlib_module_names


def hint_path(path: str) -> None:
    woma_kernel.request("missing", path=path[:LONGEST_PATH])


def hint_memory() -> None:
    if isinstance(getattr(sys, "last_exc", None), MemoryError):
        woma_kernel.request("out-of-memory")
