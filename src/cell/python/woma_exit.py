"""
The interpreter's end, as a program sees it: exit functions, flushed streams, finalizers of its own objects.

CPython's own Py_FinalizeEx also takes apart the library's modules and frees all memory, which takes 80 ms here
and leaves nothing to be seen, as the cell ends right after.
"""

import contextlib
import gc
import io
import sys
import traceback
import weakref

# What an interpreter has before any program: not the program's to finalize.
_library: frozenset[str] = frozenset()


def remember_library() -> None:
    """Called last before the snapshot. The collector never looks at what is there by then."""
    global _library
    _library = frozenset(sys.modules)
    gc.collect()
    gc.freeze()


def finish() -> bool:
    """What comes after the exit functions; true when standard output could be flushed."""
    flushed = flush_streams()
    # As CPython does: what a program has put in their place is gone by now.
    sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__
    finalize_modules()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(Exception):
                stream.flush()
    return flushed


def finalize_modules() -> None:
    """Drops the program's modules, which finalizes their objects; those that something holds on to are emptied."""
    for name in ("path", "argv", "ps1", "ps2", "last_exc", "last_type", "last_value", "last_traceback"):
        vars(sys).pop(name, None)
    kept = []
    for name in list(sys.modules):
        if name != "__main__" and name in _library:
            continue
        module = sys.modules.pop(name)
        path = getattr(module, "__file__", None)
        if type(module) is type(sys) and not (isinstance(path, str) and path.startswith("/lib/python314.zip/")):
            kept.append(weakref.ref(module))
        del module
    flush_open_files()
    gc.collect()
    for reference in kept:
        if (module := reference()) is not None:
            clear_namespace(vars(module))
            del module
    gc.collect()


def flush_open_files() -> None:
    """
    A file that only a reference cycle holds loses what it buffers when the collector happens upon the raw file
    first. The library's own files are frozen, and not among the collector's objects.
    """
    for candidate in gc.get_objects():
        if type(candidate) in (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom):
            with contextlib.suppress(Exception):
                candidate.flush()


def clear_namespace(namespace: dict) -> None:
    """As CPython does: first the names with one underscore, then the others; their order is that of definition."""
    for name in list(namespace):
        if name.startswith("_") and not name.startswith("__"):
            namespace[name] = None
    for name in list(namespace):
        if name != "__builtins__" and not (name.startswith("_") and not name.startswith("__")):
            namespace[name] = None


def flush_streams() -> bool:
    """CPython's flush_std_files: an error on standard output is told, one on standard error is not."""
    flushed = True
    stdout, stderr = getattr(sys, "stdout", None), getattr(sys, "stderr", None)
    if stdout is not None and not _closed(stdout):
        try:
            stdout.flush()
        except BaseException as error:
            _write_unraisable(error)
            flushed = False
    if stderr is not None and not _closed(stderr):
        with contextlib.suppress(Exception):
            stderr.flush()
    return flushed


def _closed(stream) -> bool:
    try:
        return bool(stream.closed)
    except BaseException:
        return False


def _write_unraisable(error: BaseException) -> None:
    """What CPython's own unraisable hook writes; its arguments' type has no name to make one by."""
    lines = traceback.format_exception(error.with_traceback(None))
    with contextlib.suppress(Exception):
        sys.stderr.write("Exception ignored while flushing sys.stdout:\n" + "".join(lines))
