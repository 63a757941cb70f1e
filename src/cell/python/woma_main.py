"""What CPython's own main does between start-up and exit, for an interpreter that is already running."""

import atexit
import builtins
import contextlib
import functools
import importlib.machinery
import json
import linecache
import os
import runpy
import sys
import textwrap
import threading
import types
from importlib._bootstrap_external import SourceFileLoader

import woma_compile
import woma_console
import woma_exit
import woma_hints
import woma_packages
import woma_pip
import woma_prompt
import woma_refusals
import woma_resolve
import woma_settle


def begin(start_json: str, source) -> functools.partial | None:
    """
    Makes the interpreter the program's own and returns the program as a call without arguments, to be made
    with no Python frame below it. None when there is nothing to run: its error has been reported.
    """
    start = json.loads(start_json)
    woma_settle.settle(start)
    program = start["program"]
    module = new_main()
    try:
        match program["kind"]:
            case "command":
                return command(module, program["code"])
            case "script":
                return script(module, program["path"], source.to_bytes(), start["flags"]["skipFirstLine"])
            case "directory":
                return functools.partial(runpy._run_module_as_main, "__main__", False)
            case "stdin":
                return standard_input(module)
            case "module":
                return named_module(program["name"])
            case "resolve":
                return functools.partial(woma_resolve.run, source.to_bytes())
            case "compile":
                return functools.partial(woma_compile.main)
            case "prompt":
                return functools.partial(woma_prompt.interact, module, start["flags"]["quiet"], program["once"])
    except BaseException as error:
        # Python raised this before there was a frame of the program's: it is shown without ours.
        global last_status
        error.__traceback__ = None
        last_status = exit_status(error) if isinstance(error, SystemExit) else report(error)
    return None


# The exit status of a program that could not begin.
last_status = 0

# For a host that must not ask an interpreter which its program may have broken.
SYSTEM_EXIT, ENTRY_DONE = SystemExit, woma_console.EntryDone

# What `verdict` says of an exception that is no SystemExit.
ERROR, INTERRUPT, BROKEN_OUTPUT = -1, -2, -3


def prompt_after() -> functools.partial:
    """The prompt that -i opens on what the program left behind."""
    return functools.partial(woma_prompt.interact, sys.modules["__main__"], True, False)


def new_main() -> types.ModuleType:
    module = types.ModuleType("__main__")
    module.__builtins__ = builtins
    module.__loader__ = importlib.machinery.BuiltinImporter
    sys.modules["__main__"] = module
    return module


def command(module: types.ModuleType, code: str) -> functools.partial:
    text = textwrap.dedent(code)
    compiled = compile(text, "<string>", "exec", dont_inherit=True)
    linecache._register_code(compiled, text, "<string>")
    return functools.partial(exec, compiled, module.__dict__)


def script(module: types.ModuleType, path: str, source: bytes, skip_first_line: bool) -> functools.partial | None:
    if (archive := archive_on_path(path, source)) is not None:
        return archive
    module.__file__ = path
    module.__cached__ = None
    module.__loader__ = SourceFileLoader("__main__", path)
    kept = keep_copy(path, source)
    if skip_first_line:
        source = b"\n" + source.partition(b"\n")[2]
    elif kept:
        return run_file(path, path, module)
    return functools.partial(exec, compile(source, path, "exec", dont_inherit=True), module.__dict__)


def archive_on_path(path: str, source: bytes) -> functools.partial | None:
    """A zip file with a __main__.py is run as one, from a copy in the cell's own memory."""
    if b"PK\x05\x06" not in source[-65557:]:
        return None
    keep_copy(path, source)
    sys.path[0:1] = [path]
    return functools.partial(runpy._run_module_as_main, "__main__", False)


def keep_copy(path: str, source: bytes) -> bool:
    """The script is a file for itself, for tracebacks and for inspect; its directory holds nothing else."""
    try:
        if woma_settle.is_mounted(path):
            with open(path, "rb") as file:
                return file.read() == source
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as file:
            file.write(source)
        return True
    except OSError:
        # Something of the cell's own is in that place. Tracebacks still find the text here.
        lines = source.decode("utf-8", "replace").splitlines(keepends=True)
        linecache.cache[path] = (len(source), None, lines, path)
        return False


# A file for CPython's own file parser: where it is, the name that code and errors show, the namespace, and whether
# it is removed when it has been opened.
file_to_run: tuple[str, str, dict, bool] | None = None


def run_file(path: str, shown_as: str, module: types.ModuleType, is_temporary: bool = False) -> None:
    global file_to_run
    file_to_run = (path, shown_as, module.__dict__, is_temporary)


def standard_input(module: types.ModuleType) -> functools.partial:
    module.__file__ = "<stdin>"
    return functools.partial(read_standard_input, module)


def read_standard_input(module: types.ModuleType) -> None:
    """Makes a file of the program on standard input: CPython goes back in it when it meets a coding cookie."""
    source = sys.stdin.buffer.read() if sys.stdin is not None else b""
    woma_packages.ask_for_script(source)
    path = "/lib/.woma-standard-input"
    with open(path, "wb") as file:
        file.write(source)
    run_file(path, "<stdin>", module, is_temporary=True)


def named_module(name: str) -> functools.partial | None:
    if (reason := woma_refusals.refused_module(name)) is not None:
        print(f"{sys.executable}: {reason}", file=sys.stderr)
        raise SystemExit(1)
    if name == "pip" and importlib.machinery.PathFinder.find_spec(name) is None:
        return functools.partial(run_pip)
    if (advice := woma_packages.advice_for(name.partition(".")[0])) is not None:
        report_absent_module(name, advice)
        raise SystemExit(1)
    return functools.partial(runpy._run_module_as_main, name)


def report_absent_module(name: str, advice: str) -> None:
    """CPython's words for a module that `-m` does not find, and woma's."""
    top, dot, _ = name.partition(".")
    if dot:
        reason = f"Error while finding module specification for {name!r} (ModuleNotFoundError: No module named {top!r})"
    else:
        reason = f"No module named {name}"
    print(f"{sys.executable}: {reason}\n\n{advice}", file=sys.stderr)


def run_pip() -> None:
    sys.exit(woma_pip.main(sys.argv[1:]))


def report(error: BaseException) -> int:
    """Shows an exception that no CPython code will report, as CPython would; the exit status."""
    sys.last_exc = error
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
    sys.excepthook(type(error), error, error.__traceback__)
    return 1


def verdict(error: BaseException) -> int:
    """What an uncaught exception means for the program's end: its exit status, or one of the words above."""
    while (trace := error.__traceback__) is not None and trace.tb_frame.f_code.co_filename.startswith("<frozen woma_"):
        error.__traceback__ = trace.tb_next
    if isinstance(error, SystemExit):
        return exit_status(error)
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPT
    if isinstance(error, BrokenPipeError) and flush_output():
        return BROKEN_OUTPUT
    return ERROR


def exit_status(error: SystemExit) -> int:
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        # As C does: an int that is no 64-bit number becomes -1, and a process keeps the low byte.
        return (code if -(2**63) <= code < 2**63 else -1) & 0xFF
    print(code, file=sys.stderr)
    return 1


# Its fields are set by the host, which Python itself may not.
FLAGS = sys.flags

# What the host puts back before it asks an interpreter that its program may have emptied.
BUILTINS, BUILTINS_COPY = vars(builtins), dict(vars(builtins))

# Called by the host itself, in this order: an exit function that raises shows no frame of ours.
EXIT_STEPS = (threading._shutdown, atexit._run_exitfuncs)


def finish() -> bool:
    """Ends the interpreter; False when its standard output could not be flushed."""
    return woma_exit.finish()


def hint(memory_was_refused: bool) -> None:
    """After an uncaught exception has been shown."""
    woma_hints.hint_missing()
    woma_hints.hint_module()
    if memory_was_refused:
        woma_hints.hint_memory()


def hint_file(path: str | None) -> None:
    """After a program that failed without an exception: the last file that it did not find."""
    if path:
        woma_hints.hint_path(path)


def flush_files() -> None:
    """What the program has written to files that it did not close."""
    woma_exit.flush_open_files()


def flush_io() -> None:
    """CPython does this when a file has run, before it shows the exception that ended it."""
    for stream in (sys.stderr, sys.stdout):
        with contextlib.suppress(Exception):
            stream.flush()


def flush_output() -> bool:
    """Empties standard output early; True when its reader has gone away."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        return True
    except Exception:
        # Reported by the interpreter's own flush at exit.
        pass
    return False
