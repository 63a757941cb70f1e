"""Makes woma's own modules importable: from memory, under names that are no files, as frozen modules are."""

import importlib.machinery
import sys

_sources: dict[str, str] = {}


class _Importer:
    """Finds and loads the modules that the host handed over; gone from sys.meta_path once all are loaded."""

    __module__ = "woma_install"

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name not in _sources:
            return None
        return importlib.machinery.ModuleSpec(name, _Importer, origin="frozen")

    @staticmethod
    def create_module(spec):
        return None

    @staticmethod
    def exec_module(module):
        name = module.__name__
        exec(compile(_sources[name], f"<frozen {name}>", "exec"), module.__dict__)


sys.meta_path.insert(0, _Importer)

# The value of this program, which the host calls once for each module.
_sources.__setitem__
