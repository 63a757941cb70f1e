"""Everything that is the same for every program, done once before the interpreter's snapshot is taken."""

import importlib
import sys
import time
import zipimport

import pyodide.webloop

# Imported so that a restored interpreter has them: the runner, the prompt, and what most scripts import.
_PRELOADED = (
    "_pyrepl.console",
    "_pyrepl.readline",
    "_pyrepl.simple_interact",
    "_pyrepl.unix_console",
    "_pyrepl.utils",
    "argparse",
    "asyncio",
    "atexit",
    "collections",
    "concurrent.futures.thread",
    "contextlib",
    "ctypes",
    "dataclasses",
    "datetime",
    "importlib.metadata",
    "importlib.resources",
    "json",
    "linecache",
    "logging",
    "math",
    "numbers",
    "os",
    "pathlib",
    "pickle",
    "random",
    "re",
    "runpy",
    "select",
    "signal",
    "subprocess",
    "sysconfig",
    "tempfile",
    "textwrap",
    "threading",
    "traceback",
    "typing",
    "warnings",
)

# Modules that are frozen into a native python3; their code says so in tracebacks, without source lines.
_FROZEN = (
    "_collections_abc",
    "_sitebuiltins",
    "abc",
    "codecs",
    "genericpath",
    "importlib.machinery",
    "importlib.util",
    "io",
    "ntpath",
    "os",
    "posixpath",
    "runpy",
    "site",
    "stat",
    "zipimport",
)


def prepare(wasi_to_linux: str, error_names: str) -> None:
    """The host's two tables of error numbers come as JSON lists of pairs."""
    import json

    import woma_errno

    woma_errno.install(dict(json.loads(wasi_to_linux)), dict(json.loads(error_names)))
    sys.path[:] = [entry for entry in sys.path if entry]
    # Last, so that a package of another version comes before the core's.
    sys.path.append("/lib/woma-core.zip")
    sys.meta_path[:] = [
        finder for finder in sys.meta_path if getattr(finder, "__name__", "") != "WindowsToLinuxPathFinder"
    ]
    sys.dont_write_bytecode = True
    sys.excepthook = sys.__excepthook__
    # Pyodide's own sleep returns to a JavaScript loop.
    time.sleep = pyodide.webloop._orig_sleep
    for name in _PRELOADED:
        importlib.import_module(name)
    name_sources()
    for name in _FROZEN:
        mark_frozen(name)

    import woma_asyncio
    import woma_changes
    import woma_executors
    import woma_exit
    import woma_figures
    import woma_hashes
    import woma_ipv6
    import woma_javascript
    import woma_libraries
    import woma_main
    import woma_micropip
    import woma_neighbours
    import woma_os
    import woma_packages
    import woma_prompt
    import woma_pyfetch
    import woma_pyodide_http
    import woma_refusals
    import woma_signals
    import woma_sockets
    import woma_ssl

    trim_from_tracebacks(woma_refusals._Explainer.find_spec)
    for part in (
        woma_asyncio,
        woma_changes,
        woma_executors,
        woma_hashes,
        woma_ipv6,
        woma_javascript,
        woma_libraries,
        woma_micropip,
        woma_os,
        woma_pyfetch,
        woma_pyodide_http,
        woma_refusals,
        woma_signals,
        woma_sockets,
        woma_ssl,
    ):
        part.install()
    # Behind all other finders.
    woma_packages.install()
    assert woma_figures and woma_main and woma_neighbours and woma_prompt
    # All of woma's own modules are loaded by now.
    sys.meta_path[:] = [finder for finder in sys.meta_path if getattr(finder, "__module__", "") != "woma_install"]
    woma_exit.remember_library()


def name_sources() -> None:
    """A module's file is its source, though the archive holds compiled code beside it."""
    native = zipimport._get_module_code

    def get_module_code(importer, fullname):
        code, is_package, path = native(importer, fullname)
        return code, is_package, path.removesuffix("c") if path.endswith(".pyc") else path

    zipimport._get_module_code = get_module_code
    for module in list(sys.modules.values()):
        if (path := getattr(module, "__file__", None)) and path.endswith(".pyc"):
            module.__file__ = path.removesuffix("c")
        spec = getattr(module, "__spec__", None)
        if spec is not None and (spec.origin or "").endswith(".pyc"):
            spec.origin = spec.origin.removesuffix("c")


def mark_frozen(name: str) -> None:
    module = importlib.import_module(name)
    filename = f"<frozen {name}>"
    for value in list(vars(module).values()):
        if getattr(value, "__module__", None) != name:
            continue
        if isinstance(value, type):
            for member in list(vars(value).values()):
                _rename(getattr(member, "__func__", getattr(member, "fget", member)), filename)
        else:
            _rename(value, filename)


def trim_from_tracebacks(function) -> None:
    """CPython leaves the import system's own frames out of an ImportError's traceback; it knows them by their file."""
    function = getattr(function, "__func__", function)
    function.__code__ = _renamed(function.__code__, "<frozen importlib._bootstrap>")


def _rename(function, filename: str) -> None:
    code = getattr(function, "__code__", None)
    if code is not None and code.co_filename.endswith(".py"):
        function.__code__ = _renamed(code, filename)


def _renamed(code, filename: str):
    constants = tuple(_renamed(item, filename) if hasattr(item, "co_filename") else item for item in code.co_consts)
    return code.replace(co_filename=filename, co_consts=constants)
