"""Imports of modules that nothing here has yet: the broker mounts their package, CPython's own importer loads them."""

import importlib.machinery
import importlib.util
import marshal
import os
import re
import struct
import sys
import types
import warnings
from _suggestions import _generate_suggestions
from importlib._bootstrap_external import MAGIC_NUMBER, SourceFileLoader

import woma_kernel

_LIBRARY_MODULES = sorted(name for name in sys.stdlib_module_names if not name.startswith("_"))
# Modules that import on behalf of their caller.
_GO_BETWEENS = ("importlib", "pkgutil", "pydoc", "runpy", "zipimport")
_LIBRARY = "/lib/"
_SITE_PACKAGES = "/lib/python3.14/site-packages/"
# No module that a package could have has a longer name, and no request may.
_LONGEST_NAME = 200


def install() -> None:
    sys.meta_path.append(PackageFinder())
    native_get_code, native_cache = SourceFileLoader.get_code, SourceFileLoader._cache_bytecode

    def get_code(self, fullname):
        code = compiled_code(self.path) if self.path.startswith(_SITE_PACKAGES) else None
        return native_get_code(self, fullname) if code is None else code

    def cache_bytecode(self, source_path, cache_path, data):
        # The broker has packages' modules compiled for the next run; in this one's memory the code would be of no use.
        if not source_path.startswith(_SITE_PACKAGES):
            native_cache(self, source_path, cache_path, data)

    SourceFileLoader.get_code, SourceFileLoader._cache_bytecode = get_code, cache_bytecode


def compiled_code(source: str) -> types.CodeType | None:
    """
    What CPython's own loader would come to, by fewer calls of the file system: 20 ms of an import of numpy. None for
    what that is to see to: optimized code, a source that has changed, no compiled code.
    """
    directory, _, name = source.rpartition("/")
    path = f"{directory}/__pycache__/{name.removesuffix('.py')}.cpython-314.pyc"
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        data = os.read(descriptor, os.fstat(descriptor).st_size)
        status = os.stat(source)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    header = struct.pack("<4sIII", MAGIC_NUMBER, 0, int(status.st_mtime) & 0xFFFFFFFF, status.st_size & 0xFFFFFFFF)
    if sys.flags.optimize or not data.startswith(header):
        return None
    return marshal.loads(memoryview(data)[len(header) :])


class PackageFinder:
    """After the other finders on sys.meta_path, so that it is asked only for what none of them has."""

    # What could not be had is not tried again in this run: what the user is told when nobody catches the error.
    failures: dict[str, str] = {}

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if path is not None or not name.isidentifier() or len(name) > _LONGEST_NAME or name in cls.failures:
            return None
        if not asked_by_program():
            return None
        reply, _ = woma_kernel.request("provide", module=name)
        match reply.get("kind"):
            case "mounted":
                mounted(reply["archives"])
                return importlib.machinery.PathFinder.find_spec(name)
            case "refused":
                cls.failures[name] = f"error: {reply['reason']}".replace("\nhint: ", "\n\nhint: ")
            case "none":
                near = _generate_suggestions(_LIBRARY_MODULES, name) if reply["isUnknown"] else None
                advice = f"did you mean '{near}'?" if near else reply["advice"]
                cls.failures[name] = f"hint: {advice}" if advice else ""
        # Without a kind it was interrupted: KeyboardInterrupt is on its way.
        return None


def advice_for(name: str) -> str | None:
    """What to do about a module of this name that `-m` would not find; None when it is there, or gets there."""
    try:
        found = importlib.util.find_spec(name) is not None
    except ImportError, ValueError:
        # Its own import fails, or it has no spec: runpy has words for that.
        return None
    return None if found else PackageFinder.failures.get(name) or None


def asked_by_program() -> bool:
    """Whether the program itself looks for the module; what a library would like to have besides is its own affair."""
    frame = sys._getframe(2)
    while frame is not None:
        path = frame.f_code.co_filename
        if not path.startswith(("<frozen", _LIBRARY)):
            return True
        module = frame.f_globals.get("__name__", "").partition(".")[0]
        if path.startswith(_LIBRARY) and module not in _GO_BETWEENS:
            return False
        frame = frame.f_back
    # Nothing but the machinery: `-m`.
    return True


def mounted(archives: list[dict]) -> None:
    """What the interpreter has to be told of new packages, which are there already."""
    PackageFinder.failures.clear()
    # Not importlib's own, which would have the zip archives of the library read anew, in 50 ms.
    for finder in list(sys.path_importer_cache.values()):
        if isinstance(finder, importlib.machinery.FileFinder):
            finder.invalidate_caches()
    if any(archive["kind"] == "library" for archive in archives):
        # Where Emscripten's loader looks for what a side module needs.
        os.environ.setdefault("LD_LIBRARY_PATH", "/usr/lib")
    if any(archive["package"] == "threadpoolctl" for archive in archives):
        # It looks for thread pools in Pyodide's JavaScript, where there are none to be seen.
        warnings.filterwarnings("ignore", "Unable to import LDSO from pyodide_js", UserWarning)
    if any(archive["package"] == "matplotlib" for archive in archives):
        # The distribution's own default opens a window of a browser.
        os.environ.setdefault("MPLBACKEND", "module://woma_figures")


def ask_for_script(source: bytes) -> None:
    """Has packages mounted that a program says it needs (PEP 723). SystemExit when they cannot be had."""
    try:
        if requirements := _dependencies(source.decode("utf-8", "replace")):
            ask_for(requirements)
    except (ImportError, ValueError) as error:
        print(f"error: {error}".replace("\nhint: ", "\n\nhint: "), file=sys.stderr)
        raise SystemExit(1) from None


# The specification's own pattern.
_SCRIPT_METADATA = re.compile(r"(?m)^# /// script$\s(?P<content>(^#(| .*)$\s)+)^# ///$")


def _dependencies(source: str) -> list[str]:
    if (block := _SCRIPT_METADATA.search(source)) is None:
        return []
    import tomllib

    lines = block["content"].splitlines()
    try:
        fields = tomllib.loads("\n".join(line.removeprefix("#").removeprefix(" ") for line in lines))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"the program's metadata is no TOML: {error}") from None
    if (bounds := fields.get("requires-python")) is not None:
        from packaging.specifiers import SpecifierSet

        if not SpecifierSet(bounds).contains(_VERSION):
            raise ValueError(f"the program requires Python {bounds}, and woma's is {_VERSION}")
    return fields.get("dependencies", [])


_VERSION = ".".join(str(part) for part in sys.version_info[:3])


def ask_for(requirements: list[str]) -> list[str]:
    """Has packages mounted that the program names; `name==version` of each. ImportError with the reason."""
    reply, _ = woma_kernel.request("install", requirements=requirements)
    if "errno" in reply:
        return []
    if reply["kind"] == "refused":
        raise ImportError(reply["reason"])
    mounted(reply["archives"])
    return reply["packages"]
