"""micropip without JavaScript: the distribution's packages from its lock, the network as Python has it."""

import errno
import json
import sys
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from pathlib import Path
from urllib.parse import urlparse

from woma_refusals import NO_NETWORK

_LAYER = "micropip._compat._compat_in_pyodide"
_LOCK = "/lib/pyodide-lock.json"


def install() -> None:
    sys.meta_path.insert(0, _Finder())


class _Finder:
    """Finds a layer below micropip in the place of the one that asks Pyodide's JavaScript."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        return ModuleSpec(name, _Loader(), origin="frozen") if name == _LAYER else None


class _Loader(Loader):
    def exec_module(self, module):
        module.CompatibilityInPyodide = _layer()


def _layer() -> type:
    from micropip._compat._compat_not_in_pyodide import CompatibilityNotInPyodide

    lock = json.loads(Path(_LOCK).read_bytes())

    class CompatibilityInPyodide(CompatibilityNotInPyodide):
        lockfile_info = lock["info"]
        lockfile_packages = lock["packages"]

        @staticmethod
        async def fetch_bytes(url, kwargs):
            parsed = urlparse(url)
            if parsed.scheme == "emfs":
                return Path(parsed.path).read_bytes()
            return await CompatibilityNotInPyodide.fetch_bytes(url, kwargs)

        @staticmethod
        async def loadPackage(names):
            raise OSError(errno.ENETUNREACH, NO_NETWORK)

    return CompatibilityInPyodide
