"""Makes woma's own modules importable: from memory, under names that are no files, as frozen modules are."""

import importlib.abc
import importlib.machinery
import sys

_sources: dict[str, str] = {}


class _Importer(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds and loads the modules that the host handed over; gone from sys.meta_path once all are loaded."""

    __module__ = "woma_install"

    def find_spec(self, fullname, path=None, target=None):
        if fullname not in _sources:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin="frozen")

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        name = module.__name__
        exec(compile(_sources[name], f"<frozen {name}>", "exec"), module.__dict__)


sys.meta_path.insert(0, _Importer())

# The value of this program, which the host calls once for each module.
_sources.__setitem__
