"""Modules of the library and of packages that are changed as they are imported, or have another in their place."""

import importlib.machinery
import sys
from collections.abc import Callable
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType

_Change = Callable[[ModuleType], None]

_changes: dict[str, _Change] = {}
_replacements: dict[str, _Change] = {}

# Where the library and packages are: what lies elsewhere under such a name is a program's own.
_OURS = "/lib/"


def install() -> None:
    sys.meta_path.insert(0, _Finder())


def change(name: str, act: _Change) -> None:
    """Has `act` called with the module when it has been executed."""
    _changes[name] = act


def replace(name: str, fill: _Change) -> None:
    """Has `fill` called with an empty module in the place of the one of this name."""
    _replacements[name] = fill


def forget(name: str) -> None:
    """Leaves the module of this name as it is."""
    _changes.pop(name, None)
    _replacements.pop(name, None)


class _Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if (fill := _replacements.get(name)) is not None:
            return ModuleSpec(name, _FillingLoader(fill), origin="frozen", is_package=True)
        if (act := _changes.get(name)) is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None and (spec.origin or "").startswith(_OURS):
            spec.loader = _ChangingLoader(spec.loader, act)
        return spec


class _FillingLoader(Loader):
    def __init__(self, fill: _Change) -> None:
        self._fill = fill

    def exec_module(self, module):
        self._fill(module)


class _ChangingLoader(Loader):
    def __init__(self, native, act: _Change) -> None:
        self._native, self._act = native, act

    def create_module(self, spec):
        return self._native.create_module(spec)

    def exec_module(self, module):
        self._native.exec_module(module)
        self._act(module)

    def __getattr__(self, name):
        return getattr(self._native, name)
